import { Flags } from '@oclif/core';
import { usageError } from '../usage-error.ts';
import { parseDuration } from './duration.ts';

/** A length of time, in milliseconds. */
export function durationFlag(summary: string) {
  return Flags.custom<number>({
    summary,
    helpValue: 'DURATION',
    parse: (text) => Promise.resolve().then(() => parseDuration(text)),
  });
}

/** A whole number of things, at least `least`. */
export function countFlag({ summary, least }: { readonly summary: string; readonly least: number }) {
  return Flags.custom<number>({
    summary,
    helpValue: 'N',
    parse: (text) => Promise.resolve().then(() => parseCount(text, least)),
  });
}

function parseCount(text: string, least: number): number {
  const count = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
  if (count >= least) return count;
  throw usageError(`not a whole number of at least ${least}`, [
    `write a number such as ${Math.max(least, 1000)}`,
  ]);
}
