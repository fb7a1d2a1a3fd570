import { fc, test } from '@fast-check/vitest';
import { expect } from 'vitest';
import { cellClassOf } from '../../../src/lib/model/cells/stored-value.ts';
import { openReference } from '../../support/reference-fernet.ts';
import { cipherOf, plainBatchOf, resultsOf } from './batches.ts';
import { cells, plaintexts, testKeys, timestamps } from './fernet-cells.ts';

const [oldKey, newKey] = testKeys;
const batches = fc.array(cells, { maxLength: 24 });
const cellClasses = fc.constantFrom('text' as const, 'blob' as const);

test.prop([batches], { numRuns: 400 })(
  'a batch opens as the readable twin opens each of its cells',
  (batch) => {
    for (const key of testKeys) {
      const opened = resultsOf(cipherOf(key).openBatch(batch));
      expect(opened).toEqual(batch.map((cell) => openReference(key, cell)));
    }
  },
);

test.prop([fc.array(batches, { maxLength: 5 })])(
  'a batch opens the same whatever its cipher did before',
  (many) => {
    const cipher = cipherOf(newKey);
    for (const batch of many) {
      expect(resultsOf(cipher.openBatch(batch))).toEqual(resultsOf(cipherOf(newKey).openBatch(batch)));
    }
  },
);

test.prop([fc.array(fc.tuple(plaintexts, timestamps, cellClasses), { maxLength: 24 })], { numRuns: 200 })(
  'what a batch seals, the readable twin opens, with the same timestamps and storage classes',
  (values) => {
    const batch = plainBatchOf(
      values.map(([plaintext]) => plaintext),
      values.map(([, timestamp]) => timestamp),
    );
    const classes = values.map(([, , cellClass]) => cellClass);
    const sealed = cipherOf(oldKey).sealBatch(batch, classes);
    expect(sealed.map(cellClassOf)).toEqual(classes);
    expect(sealed.map((cell) => openReference(oldKey, cell))).toEqual(
      values.map(([plaintext, timestamp]) => ({
        outcome: 'opened',
        plaintext: Buffer.from(plaintext),
        timestamp,
      })),
    );
  },
);

test.prop([batches])(
  'what opens under the old key opens to the same under the new one after rotation',
  (batch) => {
    const opened = cipherOf(oldKey).openBatch(batch);
    const sealed = cipherOf(newKey).sealBatch(opened, batch.map(cellClassOf));
    const reopened = resultsOf(cipherOf(newKey).openBatch(sealed));
    resultsOf(opened).forEach((result, index) => {
      const plaintext = result.outcome === 'opened' ? result.plaintext : Buffer.alloc(0);
      expect(reopened[index]).toMatchObject({ outcome: 'opened', plaintext });
    });
  },
);
