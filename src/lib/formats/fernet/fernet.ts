import type { CellFormat } from '../cell-format.ts';
import { bindKey, fernetKeyBytes } from './bound-key.ts';
import { openBatch, openPacked } from './open-batch.ts';
import { sealBatch, sealPacked } from './seal-batch.ts';
import { hasTextBehind, isCanonicalToken } from './token-text.ts';

/** The shortest token, 73 bytes, is 98 characters of base64 and its padding. */
const shortestCell = 100;

/**
 * Fernet (https://github.com/fernet/spec): a token in base64url, in a text cell or as ASCII in a blob.
 *
 * Opens whatever Python's `cryptography` opens, which is more than canonical tokens: characters outside base64
 * are passed over, so a token may be wrapped into lines, quoted, or follow a stray `=`. `recognises` is true for
 * the canonical form alone. `candidate` covers canonical tokens and such as have white space around or within
 * them, not such as begin with another character: those open where they stand in a column of the plan, but a
 * search over the whole database does not find them. `holdsMore` where letters or digits follow the padding, such as a second token.
 *
 * Seals canonical tokens and keeps timestamps. Both directions work through memory that is private to one
 * cipher; a result has memory of its own, which later calls, on this cipher or another, never touch.
 * All tokens of a batch together must stay below 1 GiB, and a single one below 512 MiB.
 */
export const fernet: CellFormat = {
  name: 'fernet',
  keyBytes: fernetKeyBytes,
  integrity: 'authenticated',
  detection: 'by content',
  timestamps: 'in each cell',
  types: 'none',
  binding: 'none',
  classes: ['text', 'blob'],
  candidate: { minimumLength: shortestCell, firstCharacters: 'g' },
  // Version 0x80, and a time of 64 bits whose upper half is zero until the year 2106.
  stencil: { prefix: 'gAAAAA', characters: 'A-Za-z0-9_=-' },
  recognises: isCanonicalToken,
  holdsMore: hasTextBehind,
  bind(key) {
    const bound = key.use(bindKey);
    return {
      openBatch: (cells) => openBatch(bound, cells),
      sealBatch: (plaintexts, classes) => sealBatch(bound, plaintexts, classes),
      packed: {
        open: (cells) => openPacked(bound, cells),
        seal: (plaintexts, old) => sealPacked(bound, plaintexts, old),
      },
    };
  },
};
