import { KeyturnError } from '../model/keyturn-error.ts';

/** Something on the command line that keyturn cannot understand: code `KT_USAGE`, exit 2. */
export function usageError(message: string, hints: readonly string[]): KeyturnError {
  return new KeyturnError({ code: 'KT_USAGE', reason: 'usage', message, hints });
}
