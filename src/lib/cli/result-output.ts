import { exitCodes } from '../model/exit-codes.ts';
import { KeyturnError } from '../model/keyturn-error.ts';

/** Watches whether a result gets to where it is written. */
export interface ResultOutput {
  /** Resolves when all so far is written, or cannot be: a process that ends before does not hear which. */
  written(): Promise<void>;
  /** Tells that the command has ended, and that `process.exitCode` says how. */
  settle(): void;
}

/** The reader of a pipe has gone, or the terminal: the rest is not needed. */
const nobodyReads: readonly string[] = ['EPIPE', 'EIO'];

/**
 * Takes the place of whoever would end the process at once, in the middle of a run, because a stream takes no more. What cannot be
 * written is told when the command has ended: `report` hears of it, and a command that went well ends with exit 78, because its
 * caller has not got its result.
 */
export function watchResult(
  stream: NodeJS.WritableStream,
  report: (error: KeyturnError) => void,
): ResultOutput {
  let lost: KeyturnError | undefined;
  let isSettled = false;
  const tell = (): void => {
    if (!isSettled || lost === undefined) return;
    report(lost);
    if (process.exitCode === exitCodes.done) process.exitCode = exitCodes.environment;
  };
  stream.removeAllListeners('error').on('error', (error: NodeJS.ErrnoException) => {
    const { code = 'unknown error' } = error;
    if (nobodyReads.includes(code) || lost !== undefined) return;
    lost = resultLost(code, error);
    tell();
  });
  return {
    written: () =>
      new Promise((resolve) => {
        stream.write('', () => setImmediate(resolve));
      }),
    settle() {
      isSettled = true;
      tell();
    },
  };
}

function resultLost(code: string, cause: unknown): KeyturnError {
  return new KeyturnError({
    code: 'KT_RESULT_LOST',
    reason: 'environment',
    message: `the result cannot be written to standard output (${code}); what the command has done stays done`,
    hints: ['make room where the output goes', 'keyturn status'],
    cause,
  });
}
