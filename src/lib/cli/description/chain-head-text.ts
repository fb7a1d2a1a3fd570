import type { ChainHead } from '../../model/migrations/recorded-event.ts';
import { usageError } from '../usage-error.ts';

/** A chain's head as text, to note it elsewhere: `12:5f0c...`. */
export function chainHeadText({ seq, hash }: ChainHead): string {
  return `${seq}:${hash}`;
}

/** The inverse of `chainHeadText`; anything else is a usage error. */
export function parseChainHead(text: string): ChainHead {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? [];
  if (seq === undefined || hash === undefined) {
    throw usageError('this is no head of a chain', [
      'give what "keyturn audit verify" has printed after "head"',
    ]);
  }
  return { seq: Number(seq), hash };
}
