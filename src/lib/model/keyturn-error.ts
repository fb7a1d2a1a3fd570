import { exitCodes, type ExitReason } from './exit-codes.ts';

/** What an error that ends the run tells the operator. */
export interface ErrorDescription {
  /** Stable name for scripts, e.g. `KT_WRONG_KEY`. */
  readonly code: `KT_${string}`;
  /** Decides the exit code. */
  readonly reason: ExitReason;
  /** What is wrong and why: lower case, the value quoted, no full stop, never a secret. */
  readonly message: string;
  /** Commands or steps that help, most useful first; each can be pasted. */
  readonly hints: readonly string[];
  /** A page under `docs/`, e.g. `docs/crash-safety.md`. */
  readonly reference?: string;
  readonly cause?: unknown;
}

/** An error with an exit code and the next step; everything that ends a run on purpose is one of these. */
export class KeyturnError extends Error {
  override readonly name = 'KeyturnError';
  readonly code: ErrorDescription['code'];
  readonly exitCode: number;
  readonly hints: readonly string[];
  readonly reference: string | undefined;

  constructor(description: ErrorDescription) {
    super(description.message, { cause: description.cause });
    this.code = description.code;
    this.exitCode = exitCodes[description.reason];
    this.hints = description.hints;
    this.reference = description.reference;
  }
}
