import { describe, expect, test } from 'vitest';
import type { PackedCipher } from '../../src/lib/formats/cell-format.ts';
import { everyFormat, formatNamed } from '../../src/lib/formats/format-named.ts';
import { generateKey } from '../../src/lib/keys/material/generate-key.ts';
import { encodeRowKey, type CellPlaces } from '../../src/lib/model/cells/cell-places.ts';
import { unpackCells } from '../../src/lib/model/cells/packed-cells.ts';
import type { CellClass, CellValue } from '../../src/lib/model/cells/stored-value.ts';
import { packCells } from '../support/pack-cells.ts';
import { plainBatchOf, plaintextOf } from '../unit/formats/batches.ts';

/* What every format promises of packed cells, if it knows them. */

const plaintexts = ['', 'x', 'mario.rossi@example.com', 'é漢😀', 'z'.repeat(5000), 'z'.repeat(40_000)].map(
  (text) => Buffer.from(text),
);
const junk = ['x', ' ', 'héllo', '{}', 'v1.', 'kt1.', '====', 'A'.repeat(101), 'kt1.漢'];

/** Each row has a key of its own. */
const placesOf = (rows: number): CellPlaces => ({
  table: 'users',
  column: 'email',
  rows: Array.from({ length: rows }, (_, row) => encodeRowKey([BigInt(row)])),
});

const formats = [...everyFormat(), formatNamed('tink-xaes:bind=none')].flatMap((format) => {
  const key = generateKey(format);
  const cipher = format.bind(key);
  const { packed } = cipher;
  return packed === undefined
    ? []
    : format.classes.map((cellClass) => ({ name: format.name, cellClass, format, cipher, packed }));
});

describe.each(formats)('$name in $cellClass', ({ format, cellClass, cipher, packed }) => {
  const sealAll = (seal = cipher): readonly CellValue[] =>
    seal.sealBatch(
      plainBatchOf(plaintexts),
      plaintexts.map(() => cellClass),
      placesOf(plaintexts.length),
    );

  test('opens what lies packed, and what another key has sealed it does not', () => {
    const opened = packed.open(packCells(sealAll()), placesOf(plaintexts.length));
    expect(opened.outcomes).toEqual(plaintexts.map(() => 'opened'));
    expect(plaintexts.map((_, index) => plaintextOf(opened, index))).toEqual(plaintexts);
    const foreign = packCells(sealAll(format.bind(generateKey(format))));
    expect(packed.open(foreign, placesOf(plaintexts.length)).outcomes).not.toContain('opened');
  });

  test('comes to what single cells come to, or finds them malformed', () => {
    const values = [...sealAll(), ...junk.map((text) => inClass(text, cellClass))];
    const places = placesOf(values.length);
    const single = cipher.openBatch(values, places);
    packed.open(packCells(values), places).outcomes.forEach((outcome, index) => {
      if (outcome !== 'malformed') expect(outcome).toBe(single.outcomes[index]);
    });
  });

  test('seals for the rows that hold something, and for no other', () => {
    const old = packCells([null, ...plaintexts.map(() => inClass('old', cellClass)), inClass('', cellClass)]);
    const places = placesOf(plaintexts.length);
    const sealed = packed.seal(plainBatchOf(plaintexts), { ...old, cellClass }, places);
    const cells = unpackCells(sealed, undefined);
    expect([cells[0], cells.at(-1)]).toEqual([undefined, undefined]);
    const opened = cipher.openBatch(cells.slice(1, -1) as CellValue[], places);
    expect(plaintexts.map((_, index) => plaintextOf(opened, index))).toEqual(plaintexts);
    expect(packed.open(sealed, places).outcomes).toEqual(plaintexts.map(() => 'opened'));
  });

  test.runIf(packed.mayBeCell !== undefined)('at a glance, whatever is not malformed may be a cell', () => {
    const around = ['', ' ', '\n', '\t\r\n', '\u00a0', '\ufeff'];
    const values = [...sealAll(), ...junk.map((text) => inClass(text, cellClass))].flatMap(
      (cell): readonly CellValue[] =>
        typeof cell === 'string' ? around.map((space): CellValue => space + cell + space) : [cell],
    );
    const { outcomes } = cipher.openBatch(values, placesOf(values.length));
    const seen = values.map((value) => glance(packed, value));
    expect(outcomes.filter((outcome) => outcome !== 'malformed').length).toBeGreaterThanOrEqual(
      plaintexts.length,
    );
    outcomes.forEach((outcome, index) => {
      if (outcome !== 'malformed') expect([values[index], seen[index]]).toEqual([values[index], true]);
    });
    expect(glance(packed, inClass('mario.rossi@a-domain-with-a-long-name.example.com', cellClass))).toBe(
      false,
    );
  });
});

function inClass(text: string, cellClass: CellClass): CellValue {
  return cellClass === 'text' ? text : Buffer.from(text);
}

function glance(packed: PackedCipher, value: CellValue): boolean | undefined {
  const bytes = Buffer.concat([
    Buffer.from('  '),
    typeof value === 'string' ? Buffer.from(value) : Buffer.from(value),
  ]);
  return packed.mayBeCell?.(bytes, 2, bytes.length - 2);
}
