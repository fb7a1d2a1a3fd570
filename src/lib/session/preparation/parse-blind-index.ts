import { normaliserNamed } from '../../indexes/registry.ts';
import { mostIndexBits } from '../../model/columns/blind-index.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { RequestedIndex } from '../../planning/indexes/plan-indexes.ts';

/** Default bits of an index: enough that no search finds another value by chance. */
const usualBits = 128;

/** Fewer would find a large part of the table with each search. */
const leastBits = 8;

/**
 * Reads `TABLE.COLUMN:NORMALISER[,bits=N][,unique][,column=NAME]`. Throws where it is something else, or names no normaliser
 * (exit 2).
 */
export function parseBlindIndex(text: string): Omit<RequestedIndex, 'origin'> {
  const colon = text.lastIndexOf(':');
  if (colon < 1) throw invalidIndex(text, 'it names no normaliser');
  const [name = '', ...options] = text.slice(colon + 1).split(',');
  const { version } = normaliserNamed(name);
  const defaults = { of: text.slice(0, colon), normaliser: name, version, bits: usualBits } as const;
  return options.reduce<Omit<RequestedIndex, 'origin'>>(
    (sum, option) => ({ ...sum, ...readOption(text, option) }),
    {
      ...defaults,
      uniqueness: 'repeatable',
    },
  );
}

function readOption(text: string, option: string): Partial<RequestedIndex> {
  const [name = '', value] = option.split('=');
  switch (name) {
    case 'unique':
      if (value === undefined) return { uniqueness: 'unique' };
      break;
    case 'column':
      if (value !== undefined && value !== '') return { column: value };
      break;
    case 'bits': {
      const bits = /^\d{1,3}$/u.test(value ?? '') ? Number(value) : 0;
      if (bits >= leastBits && bits <= mostIndexBits) return { bits };
      throw invalidIndex(text, `bits is a number from ${leastBits} to ${mostIndexBits}`);
    }
  }
  throw invalidIndex(text, `"${option}" is none of bits=N, unique and column=NAME`);
}

function invalidIndex(text: string, why: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_INDEX_FORM',
    reason: 'usage',
    message: `--blind-index "${text}" says no index: ${why}`,
    hints: [
      'write TABLE.COLUMN:NORMALISER[,bits=N][,unique][,column=NAME]',
      "--blind-index 'users.email:lower'",
    ],
  });
}
