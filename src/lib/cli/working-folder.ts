import { usageError } from './usage-error.ts';

/** The folder that relative paths start from; a usage error where somebody has removed it since the shell went there. */
export function workingFolder(): string {
  try {
    return process.cwd();
  } catch {
    throw usageError('the folder in which this was typed is gone', ['cd to a folder that is there']);
  }
}
