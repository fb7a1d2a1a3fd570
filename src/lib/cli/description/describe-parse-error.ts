import { stripVTControlCharacters } from 'node:util';
import type { Errors, Interfaces } from '@oclif/core';
import { exitCodes } from '../../model/exit-codes.ts';
import { nearestName } from '../../model/texts/nearest-name.ts';
import type { ErrorReport } from '../results/error-report.ts';
import type { FailedCommand } from './failed-command.ts';

interface ParseProblem {
  readonly message: string;
  readonly hints: readonly string[];
}

/**
 * Words the errors of oclif's parser in our way. None repeats what was typed, unless it cannot be a key: a key may
 * stand anywhere on a command line that was mistyped.
 */
export function describeParseError(error: Errors.CLIError, command: FailedCommand): ErrorReport {
  const problem =
    describeUnknownFlags(error, command) ??
    describeArguments(error) ??
    describeChoice(error) ??
    describeRelations(error, command);
  return {
    code: 'KT_USAGE',
    exitCode: exitCodes.usage,
    message: problem.message,
    hints: [...problem.hints, `${command.name} --help`],
    reference: null,
  };
}

function describeUnknownFlags(error: object, { flags }: FailedCommand): ParseProblem | undefined {
  if (!('flags' in error) || !Array.isArray(error.flags)) return undefined;
  const typed = (error.flags as readonly string[]).map((flag) => flag.replace(/=[^]*$/, ''));
  const names = typed.filter((flag) => /^--?[a-z][a-z-]{0,30}$/.test(flag)).map((flag) => ` "${flag}"`);
  const hidden = names.length < typed.length ? ' (one is not repeated here, it may hold a key)' : '';
  const known = [...Object.keys(flags), 'json', 'help'];
  const nearest = typed.flatMap((flag) => nearestName(flag.replace(/^-+/, ''), known) ?? []);
  return {
    message: `unknown flag${names.join(',')}${hidden}`,
    hints: nearest.map((name) => `did you mean --${name}?`),
  };
}

/** Too few or too many arguments. */
function describeArguments(error: object): ParseProblem | undefined {
  if (!('args' in error) || !Array.isArray(error.args)) return undefined;
  const args = error.args as readonly (string | Interfaces.Arg<unknown>)[];
  const missing = args.flatMap((one) => (typeof one === 'string' ? [] : [one.name.toUpperCase()]));
  if (missing.length > 0) return { message: `missing argument ${missing.join(', ')}`, hints: [] };
  const extra = args.filter((one) => typeof one === 'string');
  const areHarmless = extra.every((one) => /^[a-z-]{1,20}(?:\.json)?$/.test(one));
  const quoted = areHarmless ? ` ${extra.map((one) => `"${one}"`).join(', ')}` : '';
  return { message: `unexpected argument${quoted}`, hints: ['put a value that holds spaces in quotes'] };
}

/** A value that is not among those a flag takes. */
function describeChoice({ message }: Error): ParseProblem | undefined {
  const found = /^(?:Parsing --\S+ \n\t)?Expected (?:--([\w-]+)=)?[^]* to be one of: ([^\n]*)/.exec(message);
  const missing = /^Flag --([\w-]+) expects one of these values: (.*)/.exec(message);
  const [, flag, choices] = found ?? missing ?? [];
  if (choices === undefined) return undefined;
  const subject = flag === undefined ? 'the argument' : `--${flag}`;
  return { message: `${subject} must be one of: ${choices}`, hints: [] };
}

/** Flags that are missing, or do not go together; and everything else oclif says about flags. */
function describeRelations({ message }: Error, { flags }: FailedCommand): ParseProblem {
  const text = stripVTControlCharacters(message).replace(/\nSee more help with --help$/, '');
  const [first = '', ...rest] = text.split('\n').map((line) => line.trim());
  const reasons = /^The following errors? occurred:$/.test(first) ? rest : [first];
  const missing = reasons.flatMap((reason) => /^Missing required flag (\S+)$/.exec(reason)?.[1] ?? []);
  const hints = missing.flatMap((name) => {
    const variable = flags[name]?.env;
    return variable === undefined ? [] : [`write --${name}, or set the environment variable ${variable}`];
  });
  return { message: reasons.map(sentenceOf).join('; '), hints };
}

function sentenceOf(reason: string): string {
  const sentence = reason
    .replace(/^Missing required flag (\S+)$/, 'missing flag --$1')
    .replace(/^(--[\w-]+)=.* (cannot also be provided when using --[\w-]+)$/, '$1 $2')
    .replace(/^Flag (--[\w-]+)/, '$1');
  return sentence.charAt(0).toLowerCase() + sentence.slice(1);
}
