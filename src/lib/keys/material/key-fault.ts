import { KeyturnError, type ErrorDescription } from '../../model/keyturn-error.ts';

/** What is wrong with one key, before it is known whether it is the old or the new one. */
export class KeyFault extends Error {
  override readonly name = 'KeyFault';
  readonly description: ErrorDescription;

  constructor(description: ErrorDescription) {
    super(description.message, { cause: description.cause });
    this.description = description;
  }

  /** The error that ends the run, e.g. `old key (env:OLD_KEY): environment variable "OLD_KEY" is not set`. */
  about(subject: string): KeyturnError {
    return new KeyturnError({ ...this.description, message: `${subject}: ${this.message}` });
  }
}

/** A reference that cannot be understood, whatever it refers to: exit 2. */
export function referenceFault(message: string, hints: readonly string[]): KeyFault {
  return new KeyFault({ code: 'KT_KEY_REFERENCE', reason: 'usage', message, hints });
}

/** There is no key where the reference points: exit 12, before anything is written. */
export function missingKeyFault(message: string, hints: readonly string[]): KeyFault {
  return new KeyFault({ code: 'KT_KEY_MISSING', reason: 'wrongKey', message, hints });
}
