import { createCipheriv, randomFillSync, type KeyObject } from 'node:crypto';
import type { PlainBatch } from '../../model/plain-batch.ts';
import { typeCodes } from '../../model/plain-type.ts';
import type { CellClass, CellValue } from '../../model/stored-value.ts';
import { associatedDataOf, type Whereabouts } from './associated-data.ts';
import { deriveSubKeys, SALT_BYTES, type BoundKey } from './bound-key.ts';
import {
  CIPHERTEXT_AT,
  IV_AT,
  IV_BYTES,
  OVERHEAD_BYTES,
  SALT_AT,
  TAG_BYTES,
  writeCell,
} from './cell-frame.ts';
import { SUB_KEY_BYTES, subKeyAt } from './sub-key.ts';

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
  const salts = randomFillSync(Buffer.allocUnsafe(classes.length * SALT_BYTES));
  const ivs = randomFillSync(Buffer.allocUnsafe(classes.length * IV_BYTES));
  const subKeys = deriveSubKeys(key, salts);
  const associatedData = associatedDataOf(where);
  let memory = Buffer.alloc(0);
  const cells = classes.map((cellClass, index) => {
    const plaintext = bytes.subarray(starts[index], ends[index]);
    const length = plaintext.length + 1 + OVERHEAD_BYTES;
    if (memory.length < length) memory = Buffer.allocUnsafeSlow(2 * length);
    const frame = memory.subarray(0, length);
    frame.set(key.prefix);
    salts.copy(frame, SALT_AT, index * SALT_BYTES, (index + 1) * SALT_BYTES);
    ivs.copy(frame, IV_AT, index * IV_BYTES, (index + 1) * IV_BYTES);
    const type = types?.[index] ?? 0;
    frame[CIPHERTEXT_AT] = type === 0 ? typeCodes.text : type;
    frame.set(plaintext, CIPHERTEXT_AT + 1);
    sealInPlace(frame, subKeyAt(subKeys, index), associatedData(index));
    return writeCell(frame, cellClass);
  });
  subKeys.fill(0, 0, classes.length * SUB_KEY_BYTES);
  return cells;
}

function sealInPlace(frame: Buffer, subKey: KeyObject, associatedData: Uint8Array | undefined): void {
  const tagAt = frame.length - TAG_BYTES;
  const cipher = createCipheriv('aes-256-gcm', subKey, frame.subarray(IV_AT, IV_AT + IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  if (associatedData) cipher.setAAD(associatedData);
  frame.set(cipher.update(frame.subarray(CIPHERTEXT_AT, tagAt)), CIPHERTEXT_AT);
  cipher.final();
  frame.set(cipher.getAuthTag(), tagAt);
}
