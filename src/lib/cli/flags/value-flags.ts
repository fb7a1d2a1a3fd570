import { Flags } from '@oclif/core';
import { usageError } from '../usage-error.ts';
import { parseByteSize } from './byte-size.ts';
import { parseDuration } from './duration.ts';

/** A length of time, in milliseconds. */
export function durationFlag(summary: string) {
  return Flags.custom<number>({
    summary,
    helpValue: 'DURATION',
    parse: understood(parseDuration),
  });
}

/** A number of bytes, e.g. `64M`. */
export function sizeFlag(summary: string) {
  return Flags.custom<number>({ summary, helpValue: 'SIZE', parse: understood(parseByteSize) });
}

/** A whole number of things, at least `least`. */
export function countFlag({ summary, least }: { readonly summary: string; readonly least: number }) {
  return Flags.custom<number>({
    summary,
    helpValue: 'N',
    parse: understood((text) => parseCount(text, least)),
  });
}

/** A function as a flag's parser, which reports what it throws. */
export function understood<Value>(parse: (text: string) => Value): (text: string) => Promise<Value> {
  return (text) => Promise.resolve().then(() => parse(text));
}

function parseCount(text: string, least: number): number {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least) return count;
  throw usageError(`not a whole number of at least ${least}`, [
    `write a number such as ${Math.max(least, 1000)}`,
  ]);
}
