import { fc, test } from '@fast-check/vitest';
import { describe, expect } from 'vitest';
import type { CellCipher, PackedCipher } from '../../../src/lib/formats/cell-format.ts';
import { unpackCells } from '../../../src/lib/model/cells/packed-cells.ts';
import { packCells } from '../../support/pack-cells.ts';
import { openReference, sealReference } from '../../support/reference-fernet.ts';
import { cipherOf, plainBatchOf, plaintextOf, resultsOf } from './batches.ts';
import { cells, plaintexts, testKeys, timestamps } from './fernet-cells.ts';

const [key, otherKey] = testKeys;
const cipher = cipherOf(key);
const packed = packedOf(cipher);

function packedOf({ packed: found }: CellCipher): PackedCipher {
  if (found === undefined) throw new Error('this format knows no packed cells');
  return found;
}

const texts = cells.map((cell) => (typeof cell === 'string' ? cell.toWellFormed() : null));
const blobs = cells.map((cell) => (typeof cell === 'string' ? null : cell));

describe('packed tokens', () => {
  test.prop([fc.oneof(fc.array(texts), fc.array(blobs))])(
    'open to what they open to one by one, or are malformed where they are written in an unusual way',
    (column) => {
      const filled = column.filter((cell) => cell !== null && cell.length > 0) as (string | Uint8Array)[];
      const found = resultsOf(packed.open(packCells(column)));
      expect(found).toHaveLength(filled.length);
      found.forEach((result, index) => {
        if (result.outcome !== 'malformed') expect(result).toEqual(openReference(key, filled[index] ?? ''));
      });
    },
  );

  test.prop([fc.array(fc.option(fc.tuple(plaintexts, timestamps)))])(
    'open wherever they are canonical, whatever lies around them',
    (column) => {
      const sealed = column.map((row) => row && sealReference(key, row[0], { timestamp: row[1] }));
      const batch = packed.open(packCells(sealed));
      const expected = column.filter((row) => row !== null);
      expect(batch.outcomes).toEqual(expected.map(() => 'opened'));
      expected.forEach(([plaintext, timestamp], index) => {
        expect(plaintextOf(batch, index)).toEqual(Buffer.from(plaintext));
        expect(batch.timestamps[index]).toBe(timestamp);
      });
    },
  );

  test.prop([fc.array(fc.option(plaintexts)), fc.constantFrom('text' as const, 'blob' as const)])(
    'are sealed for the rows that hold something, and for no other',
    (column, cellClass) => {
      const old = packCells(column.map((plaintext) => plaintext && sealReference(otherKey, plaintext)));
      const wanted = column.filter((plaintext) => plaintext !== null);
      const sealed = packed.seal(
        plainBatchOf(
          wanted,
          wanted.map(() => 1_500_000_000n),
        ),
        { ...old, cellClass },
      );
      const fresh = unpackCells(sealed, undefined);
      fresh.forEach((cell, row) => {
        const plaintext = column[row] ?? null;
        expect(typeof cell).toBe(
          plaintext === null ? 'undefined' : cellClass === 'text' ? 'string' : 'object',
        );
        if (cell === undefined || plaintext === null) return;
        expect(openReference(key, cell)).toEqual({
          outcome: 'opened',
          plaintext: Buffer.from(plaintext),
          timestamp: 1_500_000_000n,
        });
      });
      expect(packed.open(sealed).outcomes).toEqual(wanted.map(() => 'opened'));
    },
  );

  test('an empty text is no cell, and nothing is sealed in its place', () => {
    const old = packCells(['', null]);
    expect(packed.open(old).outcomes).toEqual([]);
    expect(unpackCells(packed.seal(plainBatchOf([]), old), undefined)).toEqual([undefined, undefined]);
    expect(unpackCells(old, null)).toEqual(['', null]);
  });
});
