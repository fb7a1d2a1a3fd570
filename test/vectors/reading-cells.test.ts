import { describe, expect, test } from 'vitest';
import { formatNamed } from '../../src/lib/formats/format-named.ts';
import { SecretKey } from '../../src/lib/keys/secret-key.ts';
import { encodeRowKey, type CellPlaces } from '../../src/lib/model/cells/cell-places.ts';
import { encodePlaintexts, decodePlaintext } from '../../src/lib/model/cells/typed-plaintexts.ts';
import { testKeys } from '../support/fleet-database.ts';
import { isAtHand, readingLanguages, runPage } from '../support/reading-cells.ts';

/* The programs of docs/reading-cells.md against keyturn, each where its language is installed. */

const place: CellPlaces = { table: 'users', column: 'email', rows: [encodeRowKey([7n, 'a'])] };
const cipher = formatNamed('tink-xaes:bind=row').bind(new SecretKey(testKeys.old));
const key = testKeys.old.toString('hex');

function seal(value: string): string {
  return String(cipher.sealBatch(encodePlaintexts([value]), ['text'], place)[0]);
}

function open(cell: string): unknown {
  const { outcomes, bytes, starts, ends, types } = cipher.openBatch([cell], place);
  if (outcomes[0] !== 'opened') return outcomes[0];
  return decodePlaintext(bytes.subarray(starts[0], ends[0]), types?.[0] ?? 0, 'text');
}

describe.each(readingLanguages.map((language) => ({ name: language.name, language })))(
  'the program in $name',
  ({ name, language }) => {
    const isMissing = !isAtHand(language);
    if (isMissing) console.warn(`docs/reading-cells.md: ${name} is not installed, its program was not run`);

    test.skipIf(isMissing)('opens what keyturn seals, and seals what keyturn opens', () => {
      const [value, cell = ''] = runPage(language, key, seal('Zoë, 東京'), 'sealed elsewhere: é');
      expect(value).toBe('Zoë, 東京');
      expect(cell.startsWith('kt1.')).toBe(true);
      expect(open(cell)).toBe('sealed elsewhere: é');
    });

    test.skipIf(isMissing)('opens nothing under another key', () => {
      expect(() => runPage(language, testKeys.new.toString('hex'), seal('a value'), 'x')).toThrow();
    });
  },
);
