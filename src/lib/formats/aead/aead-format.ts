import { createSecretKey } from 'node:crypto';
import type { CellFormat } from '../cell-format.ts';
import type { AeadParts, KeyedParts } from './aead-parts.ts';
import { openBatch, openPacked } from './open-batch.ts';
import { sealBatch, sealPacked } from './seal-batch.ts';
import { layOut, overheadBytes } from './sealed-layout.ts';
import { createValueFrame } from './value-frame.ts';

/** Length of the key of both algorithms, in bytes. */
const aeadKeyBytes = 32;

/** What makes formats of the same parts differ. */
type AeadIdentity = Pick<CellFormat, 'name' | 'detection'>;

/**
 * A format of nonce, ciphertext and tag. One cipher object a value, because Node has no primitive that would take
 * several; everything around it works on the batch. With random nonces of 96 bits a key must not seal more than
 * 2^32 values (NIST SP 800-38D, section 8.3).
 */
export function createAeadFormat({ name, detection }: AeadIdentity, parts: AeadParts): CellFormat {
  const { encoding, order } = parts;
  const candidate = encoding.candidate(overheadBytes);
  return {
    name,
    keyBytes: aeadKeyBytes,
    integrity: 'authenticated',
    detection,
    timestamps: 'none',
    types: 'none',
    binding: 'none',
    classes: encoding.classes,
    candidate,
    recognises: (cell) => cell.length >= candidate.minimumLength && encoding.isCanonical(cell),
    bind(secret) {
      const key = secret.use((bytes) => createSecretKey(bytes));
      const keyed: KeyedParts = { ...parts, key, frame: createValueFrame((bytes) => layOut(order, bytes)) };
      return {
        openBatch: (cells) => openBatch(keyed, cells),
        sealBatch: (plaintexts, classes) => sealBatch(keyed, plaintexts, classes),
        packed: {
          open: (cells) => openPacked(keyed, cells),
          seal: (plaintexts, old) => sealPacked(keyed, plaintexts, old),
        },
      };
    },
  };
}
