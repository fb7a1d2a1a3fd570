import { createCipheriv, randomFillSync } from 'node:crypto';
import type { PlainBatch } from '../../model/cells/plain-batch.ts';
import type { CellClass, CellValue } from '../../model/cells/stored-value.ts';
import type { KeyedParts } from './aead-parts.ts';
import { layOut, nonceBytes, overheadBytes, tagBytes } from './sealed-layout.ts';

const numberAlone = /^[\d.eE+-]*$/;

/** Seals a batch of plaintexts; see CellCipher. Each gets a nonce of its own from one draw of random bytes. */
export function sealBatch(
  parts: KeyedParts,
  { bytes, starts, ends }: PlainBatch,
  classes: readonly CellClass[],
): readonly CellValue[] {
  const nonces = randomFillSync(Buffer.allocUnsafe(classes.length * nonceBytes));
  let sealed = Buffer.alloc(0);
  return classes.map((cellClass, index) => {
    const plaintext = bytes.subarray(starts[index], ends[index]);
    const sealedBytes = plaintext.length + overheadBytes;
    if (sealed.length < sealedBytes) sealed = Buffer.allocUnsafeSlow(2 * sealedBytes);
    const place = sealed.subarray(0, sealedBytes);
    nonces.copy(place, 0, index * nonceBytes, (index + 1) * nonceBytes);
    sealInto(place, parts, plaintext);
    let cell = parts.encoding.encode(place, cellClass);
    while (isNumeric(cell)) {
      randomFillSync(place.subarray(0, nonceBytes));
      sealInto(place, parts, plaintext);
      cell = parts.encoding.encode(place, cellClass);
    }
    return cell;
  });
}

/** Once in 10^11 cells, hexadecimal has digits alone; a column of numeric affinity would then store a number. */
function isNumeric(cell: CellValue): boolean {
  return typeof cell === 'string' && numberAlone.test(cell);
}

/** Seals under the nonce that stands at the beginning of `place`. */
function sealInto(place: Buffer, { algorithm, key, order }: KeyedParts, plaintext: Uint8Array): void {
  const { tagAt, ciphertextAt } = layOut(order, place.length);
  const cipher = createCipheriv(algorithm as 'aes-256-gcm', key, place.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  place.set(cipher.update(plaintext), ciphertextAt);
  cipher.final();
  place.set(cipher.getAuthTag(), tagAt);
}
