import type { FormatFamily } from '../format-family.ts';
import { oneOf, textOption } from '../format-family.ts';
import type { BoundNames } from './associated-data.ts';
import { bindKey, KEY_BYTES } from './bound-key.ts';
import { isCanonicalCell, SHORTEST_BLOB } from './cell-frame.ts';
import { openBatch } from './open-batch.ts';
import { sealBatch } from './seal-batch.ts';

/**
 * XAES-256-GCM (https://c2sp.org/XAES-256-GCM) in the framing of Tink: 0x01, the key id, a salt and an IV of 12 random bytes
 * each, ciphertext, tag. 192 random bits a cell: 2^80 cells under one key are safe. The sealed plaintext begins with
 * the code of its type. `bind` says what of its place is authenticated with it (see associated-data.ts); `table` and
 * `column` give the names under which it was sealed, where they are not those of today.
 */
export const tinkXaes: FormatFamily = {
  name: 'tink-xaes',
  options: {
    // `column` and `row` are ready here, and not offered before runs hand over the places of cells.
    bind: oneOf('none'),
    table: textOption,
    column: textOption,
  },
  create: (name, { bind, table, column }) => {
    const binding = bind === 'row' || bind === 'column' ? bind : 'none';
    const names: BoundNames = { binding, table: table ?? '', column: column ?? '' };
    return {
      name,
      keyBytes: KEY_BYTES,
      integrity: 'authenticated',
      detection: 'by content',
      timestamps: 'none',
      types: 'in each cell',
      binding,
      classes: ['text', 'blob'],
      candidate: { minimumLength: SHORTEST_BLOB, firstCharacters: 'k\u0001' },
      recognises: isCanonicalCell,
      bind(key) {
        const bound = key.use((bytes) => bindKey(bytes, key.id));
        return {
          openBatch: (cells, places) => openBatch(bound, cells, { names, places }),
          sealBatch: (plaintexts, classes, places) =>
            sealBatch(bound, plaintexts, { classes, names, places }),
        };
      },
    };
  },
};
