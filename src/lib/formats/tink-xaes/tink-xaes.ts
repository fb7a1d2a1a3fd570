import type { FormatFamily } from '../format-family.ts';
import { oneOf } from '../format-family.ts';
import { bindKey, xaesKeyBytes } from './bound-key.ts';
import { isCanonicalCell, mayBeCell, shortestBlob } from './cell-frame.ts';
import { openBatch, openPacked } from './open-batch.ts';
import { sealBatch, sealPacked } from './seal-batch.ts';

/**
 * XAES-256-GCM (https://c2sp.org/XAES-256-GCM) in the framing of Tink: 0x01, the key id, a salt and an IV of 12 random bytes
 * each, ciphertext, tag. 192 random bits a cell: 2^80 cells under one key are safe. The sealed plaintext begins with
 * the code of its type. `bind` says what of its place is authenticated with it (see associated-data.ts).
 */
export const tinkXaes: FormatFamily = {
  name: 'tink-xaes',
  options: {
    // Bytes do not tell what a cell is bound to: one of the choices stands for all where formats are found out.
    bind: { ...oneOf('row', 'column', 'none'), tried: ['row'] },
  },
  create: (name, { bind }) => {
    const binding = bind === 'none' || bind === 'column' ? bind : 'row';
    return {
      name,
      keyBytes: xaesKeyBytes,
      integrity: 'authenticated',
      detection: 'by content',
      timestamps: 'none',
      types: 'in each cell',
      binding,
      classes: ['text', 'blob'],
      candidate: { minimumLength: shortestBlob, firstCharacters: 'k\u0001' },
      recognises: isCanonicalCell,
      bind(key) {
        const bound = key.use((bytes) => bindKey(bytes, key.id));
        return {
          openBatch: (cells, places) => openBatch(bound, cells, { binding, places }),
          sealBatch: (plaintexts, classes, places) =>
            sealBatch(bound, { plaintexts, where: { binding, places } }, classes),
          packed: {
            open: (cells, places) => openPacked(bound, cells, { binding, places }),
            seal: (plaintexts, old, places) =>
              sealPacked(bound, { plaintexts, where: { binding, places } }, old),
            mayBeCell,
          },
        };
      },
    };
  },
};
