import type { PlainBatch } from '../../model/cells/plain-batch.ts';
import type { CellClass, CellValue } from '../../model/cells/stored-value.ts';
import { sealPieces } from '../cbc/seal-pieces.ts';
import { emptyText, writeCell } from './cell-text.ts';
import type { createVersionKeys } from './version-keys.ts';

/** The key of a version, and what cells say of themselves. */
interface SealingVersion {
  readonly keyOf: ReturnType<typeof createVersionKeys>;
  readonly version: string;
  readonly field: string;
}

/** Seals a batch of plaintexts; see CellCipher. */
export function sealBatch(
  { keyOf, version, field }: SealingVersion,
  { bytes, starts, ends }: PlainBatch,
  classes: readonly CellClass[],
): readonly CellValue[] {
  const key = keyOf(version);
  if (key === undefined) throw new RangeError('there is no key for this version');
  const sealed = sealPieces(
    key,
    classes.map((_, index) => {
      const plaintext = bytes.subarray(starts[index], ends[index]);
      return plaintext.length === 0 ? Buffer.from(emptyText) : plaintext;
    }),
  );
  const label = `${version}:AES-256-CBC:${field}:`;
  return classes.map((cellClass, index) => writeCell(label, sealed[index] ?? Buffer.alloc(0), cellClass));
}
