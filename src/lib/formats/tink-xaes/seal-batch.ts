import { createCipheriv, randomFillSync, type KeyObject } from 'node:crypto';
import type { PlainBatch } from '../../model/cells/plain-batch.ts';
import { typeCodes } from '../../model/cells/plain-type.ts';
import type { CellClass, CellValue } from '../../model/cells/stored-value.ts';
import { associatedDataOf, type Whereabouts } from './associated-data.ts';
import { deriveSubKeys, saltBytes, type BoundKey } from './bound-key.ts';
import { ciphertextAt, ivAt, ivBytes, overheadBytes, saltAt, tagBytes, writeCell } from './cell-frame.ts';
import { subKeyBytes, subKeyAt } from './sub-key.ts';

/** How the cells of a batch are to be sealed. */
interface SealingWishes extends Whereabouts {
  readonly classes: readonly CellClass[];
}

/** Seals a batch of plaintexts; see CellCipher. A type that is not known is text. */
export function sealBatch(
  key: BoundKey,
  { bytes, starts, ends, types }: PlainBatch,
  { classes, ...where }: SealingWishes,
): readonly CellValue[] {
  const salts = randomFillSync(Buffer.allocUnsafe(classes.length * saltBytes));
  const ivs = randomFillSync(Buffer.allocUnsafe(classes.length * ivBytes));
  const subKeys = deriveSubKeys(key, salts);
  const associatedData = associatedDataOf(where);
  let memory = Buffer.alloc(0);
  const cells = classes.map((cellClass, index) => {
    const plaintext = bytes.subarray(starts[index], ends[index]);
    const length = plaintext.length + 1 + overheadBytes;
    if (memory.length < length) memory = Buffer.allocUnsafeSlow(2 * length);
    const frame = memory.subarray(0, length);
    frame.set(key.prefix);
    salts.copy(frame, saltAt, index * saltBytes, (index + 1) * saltBytes);
    ivs.copy(frame, ivAt, index * ivBytes, (index + 1) * ivBytes);
    const type = types?.[index] ?? 0;
    frame[ciphertextAt] = type === 0 ? typeCodes.text : type;
    frame.set(plaintext, ciphertextAt + 1);
    sealInPlace(frame, subKeyAt(subKeys, index), associatedData(index));
    return writeCell(frame, cellClass);
  });
  subKeys.fill(0, 0, classes.length * subKeyBytes);
  return cells;
}

function sealInPlace(frame: Buffer, subKey: KeyObject, associatedData: Uint8Array | undefined): void {
  const tagAt = frame.length - tagBytes;
  const cipher = createCipheriv('aes-256-gcm', subKey, frame.subarray(ivAt, ivAt + ivBytes), {
    authTagLength: tagBytes,
  });
  if (associatedData) cipher.setAAD(associatedData);
  frame.set(cipher.update(frame.subarray(ciphertextAt, tagAt)), ciphertextAt);
  cipher.final();
  frame.set(cipher.getAuthTag(), tagAt);
}
