import { Errors } from '@oclif/core';
import { exitCodes } from '../../model/exit-codes.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { ErrorReport } from '../results/error-report.ts';
import { describeParseError } from './describe-parse-error.ts';
import type { FailedCommand } from './failed-command.ts';

/**
 * Turns whatever was thrown into a report. Of an error that nobody foresaw it tells the class and the system's code
 * alone: its message may hold values of the database.
 */
export function describeError(error: unknown, command: FailedCommand): ErrorReport {
  const { message, flag } = splitFlagFromMessage(error);
  if (error instanceof KeyturnError) {
    const { code, exitCode, hints, reference = null } = error;
    const subject = flag === undefined ? '' : `--${flag}: `;
    return { code, exitCode, message: subject + message, hints, reference };
  }
  if (error instanceof Errors.CLIError) return describeParseError(error, command);
  return {
    code: 'KT_UNEXPECTED',
    exitCode: exitCodes.unexpected,
    message: `unexpected error (${classOf(error)})`,
    hints: ['run the same command again with --debug to see where it comes from; the output may hold values'],
    reference: null,
  };
}

/** oclif rewrites the message of an error that a flag's parser threw. */
function splitFlagFromMessage(error: unknown): {
  readonly message: string;
  readonly flag?: string | undefined;
} {
  if (!(error instanceof Error)) return { message: '' };
  const rewritten = /^Parsing --(\S+) \n\t([^]*)\nSee more help with --help$/.exec(error.message);
  return { message: rewritten?.[2] ?? error.message, flag: rewritten?.[1] };
}

function classOf(error: unknown): string {
  if (!(error instanceof Error)) return typeof error;
  const { code } = error as NodeJS.ErrnoException;
  const isCode = typeof code === 'string' && /^[A-Z][A-Z0-9_]{1,40}$/.test(code);
  return isCode ? `${error.constructor.name} ${code}` : error.constructor.name;
}
