import { describe, expect, test } from 'vitest';
import type { CellFormat } from '../../src/lib/formats/cell-format.ts';
import { everyFormat, formatNamed } from '../../src/lib/formats/format-named.ts';
import { generateKey } from '../../src/lib/keys/material/generate-key.ts';
import { encodeRowKey, type CellPlaces } from '../../src/lib/model/cells/cell-places.ts';
import { cellClassOf, type CellValue } from '../../src/lib/model/cells/stored-value.ts';
import { plainBatchOf, plaintextOf } from '../unit/formats/batches.ts';

/* What every cell format promises, whatever it is. A new format is tested as soon as it is in the registry. */

const plaintexts = ['', 'x', 'mario.rossi@example.com', 'é漢😀', 'a value of fifteen', 'z'.repeat(5000)].map(
  (text) => Buffer.from(text),
);

/** One place for all cells, for formats that bind a cell to it. */
const places: CellPlaces = {
  table: 'users',
  column: 'email',
  rows: Array.from({ length: 6000 }, () => encodeRowKey([1n])),
};

/** Every plaintext in every storage class of the format, in turn. */
function sealAll(format: CellFormat, key = generateKey(format)): readonly CellValue[] {
  const cipher = format.bind(key);
  return format.classes.flatMap((cellClass) =>
    cipher.sealBatch(
      plainBatchOf(plaintexts),
      plaintexts.map(() => cellClass),
      places,
    ),
  );
}

/** The same cell with one byte or character changed. */
function changedAt(cell: CellValue, at: number): CellValue {
  if (typeof cell === 'string') {
    const other = cell[at] === 'A' ? 'B' : 'A';
    return cell.slice(0, at) + other + cell.slice(at + 1);
  }
  const copy = Buffer.from(cell);
  copy[at] = (copy[at] ?? 0) ^ 1;
  return copy;
}

/** Formats that differ from one of the others in what their cells are bound to alone. */
const otherBindings = ['column', 'none'].map((bind) => formatNamed(`tink-xaes:bind=${bind}`));

describe.each([...everyFormat(), ...otherBindings].map((format) => ({ name: format.name, format })))(
  '$name',
  ({ format }) => {
    const key = generateKey(format);
    const cipher = format.bind(key);
    const cells = sealAll(format, key);

    test('opens what it has sealed, in every storage class', () => {
      const opened = cipher.openBatch(cells, places);
      cells.forEach((cell, index) => {
        expect(opened.outcomes[index]).toBe('opened');
        expect(plaintextOf(opened, index)).toEqual(plaintexts[index % plaintexts.length]);
        expect(cellClassOf(cell)).toBe(format.classes[Math.floor(index / plaintexts.length)]);
      });
    });

    test('recognises its own cells, and its candidate shape covers them', () => {
      const { minimumLength, firstCharacters } = format.candidate;
      for (const cell of cells) {
        expect(format.recognises(cell)).toBe(true);
        expect(cell.length).toBeGreaterThanOrEqual(minimumLength);
        const first = typeof cell === 'string' ? cell.charAt(0) : String.fromCharCode(cell[0] ?? 0);
        expect(firstCharacters === null || firstCharacters.includes(first)).toBe(true);
      }
    });

    test('never writes a text that a column of numeric affinity would take for a number', () => {
      for (const cell of cells) {
        if (typeof cell === 'string') expect(Number(cell)).toBeNaN();
      }
    });

    test('seals the same value differently each time', () => {
      const again = sealAll(format, key);
      cells.forEach((cell, index) => {
        expect(again[index]).not.toEqual(cell);
      });
    });

    test('opens nothing under another key', () => {
      const { outcomes } = format.bind(generateKey(format)).openBatch(cells, places);
      expect(outcomes.filter((outcome) => outcome === 'opened')).toEqual([]);
    });

    test.runIf(format.integrity === 'authenticated')(
      'opens a changed cell only where it still means the same bytes',
      () => {
        const [short = ''] = cells.filter((cell) => cell.length > format.candidate.minimumLength);
        const [plaintext] = [plaintextOf(cipher.openBatch([short], places), 0)];
        const changed = Array.from({ length: short.length }, (_, at) => changedAt(short, at));
        const opened = cipher.openBatch(changed, places);
        changed.forEach((_, index) => {
          if (opened.outcomes[index] === 'opened') expect(plaintextOf(opened, index)).toEqual(plaintext);
        });
        expect(opened.outcomes.filter((outcome) => outcome === 'opened').length).toBeLessThan(
          short.length / 4,
        );
      },
    );

    test.runIf(format.integrity === 'authenticated')('opens no cell that was cut off, at either end', () => {
      const [long = ''] = cells.filter((cell) => cell.length > 200);
      const cut = [1, 2, 3, 4, 8, 16, 32, 64].flatMap((bytes) => [long.slice(bytes), long.slice(0, -bytes)]);
      const { outcomes } = cipher.openBatch([...cut, long], places);
      expect(outcomes.slice(0, -1).filter((outcome) => outcome === 'opened')).toEqual([]);
      expect(outcomes.at(-1)).toBe('opened');
    });

    test('never throws over a cell, and tells of each in its place', () => {
      const junk = [
        'x',
        ' ',
        'héllo',
        '{}',
        '{"encrypted":true',
        'v1.',
        'kt1.',
        '=',
        '====',
        'A'.repeat(101),
        '\ud800',
      ];
      const bytes = junk.map((text) => Buffer.from(text, 'latin1'));
      const mixed = [...junk, ...cells, ...bytes, Buffer.alloc(300), Buffer.alloc(28, 255)];
      const opened = cipher.openBatch(mixed, places);
      expect(opened.outcomes).toHaveLength(mixed.length);
      mixed.forEach((cell, index) => {
        expect([index, opened.outcomes[index] === 'opened']).toEqual([index, cells.includes(cell)]);
      });
      cells.forEach((_, index) => {
        const plaintext = plaintextOf(opened, junk.length + index);
        expect(plaintext).toEqual(plaintexts[index % plaintexts.length]);
      });
    });

    test('opens no cell of any other format, though the key has the same bytes', () => {
      for (const other of everyFormat()) {
        if (isRelated(format, other) || other.keyShape !== format.keyShape) continue;
        // Of an empty value only nonce and tag are there, in whatever order.
        const values = sealAll(other, key).filter((_, index) => index % plaintexts.length > 0);
        const { outcomes } = cipher.openBatch(values, places);
        expect([other.name, outcomes.includes('opened')]).toEqual([other.name, false]);
      }
    });

    test('gives results memory of their own', () => {
      const first = cipher.openBatch(cells, places);
      const before = Buffer.from(first.bytes);
      cipher.openBatch([...cells].reverse(), places);
      cipher.sealBatch(
        first,
        cells.map((cell) => cellClassOf(cell)),
        places,
      );
      expect(Buffer.from(first.bytes)).toEqual(before);
    });

    test('takes and gives an empty batch', () => {
      expect(cipher.openBatch([], places).outcomes).toEqual([]);
      expect(cipher.sealBatch(plainBatchOf([]), [], places)).toEqual([]);
    });
  },
);

/** The same bytes in another encoding are the same cell, and base64 in either alphabet may be the same text. */
function isRelated(one: CellFormat, other: CellFormat): boolean {
  const essence = ({ name }: CellFormat): string => name.replace(/,?encoding=\w+/, '');
  return essence(one) === essence(other);
}
