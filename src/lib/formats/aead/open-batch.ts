import { createDecipheriv } from 'node:crypto';
import type { CellValue } from '../../model/cells/stored-value.ts';
import type { OpenedBatch, OpenOutcome } from '../cell-format.ts';
import type { KeyedParts } from './aead-parts.ts';
import { layOut, nonceBytes, overheadBytes, tagBytes } from './sealed-layout.ts';

/** Opens a batch of cells; see CellCipher. Each plaintext takes the place of its ciphertext, in memory of the batch's own. */
export function openBatch(parts: KeyedParts, cells: readonly CellValue[]): OpenedBatch {
  const { encoding } = parts;
  const bytes = Buffer.allocUnsafeSlow(cells.reduce((sum, cell) => sum + encoding.bytesAtMost(cell), 0));
  const starts = new Uint32Array(cells.length);
  const ends = new Uint32Array(cells.length);
  let at = 0;
  const outcomes = cells.map((cell, index): OpenOutcome => {
    const sealedBytes = encoding.decode(cell, bytes, at);
    if (sealedBytes === undefined || sealedBytes < overheadBytes) return 'malformed';
    const sealed = bytes.subarray(at, at + sealedBytes);
    const { ciphertextAt } = layOut(parts.order, sealedBytes);
    if (!openInPlace(parts, sealed)) return 'rejected';
    starts[index] = at + ciphertextAt;
    ends[index] = at + ciphertextAt + sealedBytes - overheadBytes;
    at += sealedBytes;
    return 'opened';
  });
  return { bytes, starts, ends, timestamps: new BigUint64Array(cells.length), outcomes };
}

/** Puts the plaintext into the place of the ciphertext, once the tag has vouched for it. */
function openInPlace({ algorithm, key, order }: KeyedParts, sealed: Buffer): boolean {
  const { tagAt, ciphertextAt } = layOut(order, sealed.length);
  const ciphertextBytes = sealed.length - overheadBytes;
  // Node's types know one overload for each algorithm; the options are the same.
  const decipher = createDecipheriv(algorithm as 'aes-256-gcm', key, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAuthTag(sealed.subarray(tagAt, tagAt + tagBytes));
  const plaintext = decipher.update(sealed.subarray(ciphertextAt, ciphertextAt + ciphertextBytes));
  try {
    decipher.final();
  } catch {
    return false;
  }
  sealed.set(plaintext, ciphertextAt);
  return true;
}
