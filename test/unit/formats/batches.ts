import type { CellCipher, OpenedBatch } from '../../../src/lib/formats/cell-format.ts';
import { fernet } from '../../../src/lib/formats/fernet/fernet.ts';
import { SecretKey } from '../../../src/lib/keys/secret-key.ts';
import type { PlainBatch } from '../../../src/lib/model/cells/plain-batch.ts';
import type { ReferenceResult } from '../../support/reference-fernet.ts';

/** A cipher for 32 bytes of key. */
export function cipherOf(key: Uint8Array): CellCipher {
  return fernet.bind(new SecretKey(key));
}

/** Lays plaintexts end to end; every timestamp that is not given is 0. */
export function plainBatchOf(
  plaintexts: readonly Uint8Array[],
  timestamps: readonly bigint[] = [],
): PlainBatch {
  const ends = Uint32Array.from(plaintexts, lengthsSoFar());
  return {
    bytes: Buffer.concat(plaintexts),
    starts: ends.map((end, index) => end - (plaintexts[index]?.length ?? 0)),
    ends,
    timestamps: BigUint64Array.from(plaintexts, (_, index) => timestamps[index] ?? 0n),
  };
}

function lengthsSoFar(): (plaintext: Uint8Array) => number {
  let sum = 0;
  return (plaintext) => (sum += plaintext.length);
}

/** Plaintext `index` of a batch. */
export function plaintextOf(batch: PlainBatch, index: number): Buffer {
  return Buffer.from(batch.bytes.slice(batch.starts[index], batch.ends[index]));
}

/** A batch as the per-value twin reports it, for comparing. */
export function resultsOf(batch: OpenedBatch): readonly ReferenceResult[] {
  return batch.outcomes.map((outcome, index) =>
    outcome === 'opened'
      ? { outcome, plaintext: plaintextOf(batch, index), timestamp: batch.timestamps[index] ?? 0n }
      : { outcome: outcome === 'malformed' ? outcome : 'rejected' },
  );
}
