import { createSecretKey, type KeyObject } from 'node:crypto';
import type { PlainBatch } from '../model/cells/plain-batch.ts';
import type { CellClass, CellValue } from '../model/cells/stored-value.ts';
import { blockBytes } from './cbc/cbc-batch.ts';
import { isPieceLength, openPieces, type Piece } from './cbc/open-pieces.ts';
import { toOpenedBatch } from './cbc/opened-texts.ts';
import { isPlausibleText } from './cbc/plausible-text.ts';
import { sealPieces } from './cbc/seal-pieces.ts';
import type { OpenedBatch } from './cell-format.ts';
import type { CellEncoding } from './encodings/cell-encoding.ts';
import { encodingNamed, encodingOption } from './encodings/registry.ts';
import { oneOf, type FormatFamily } from './format-family.ts';

const cbcKeyBytes = 32;

/**
 * AES-256-CBC without a MAC: IV of 16 bytes, ciphertext with PKCS7 padding. That it deciphers proves nothing, so with
 * `plaintext=text` a cell counts as opened only where text comes out. Only to migrate away from; sealed by rollbacks alone.
 */
export const aes256Cbc: FormatFamily = {
  name: 'aes-256-cbc',
  options: { encoding: encodingOption, plaintext: { ...oneOf('text', 'any'), tried: ['text'] } },
  create: (name, options) => {
    const encoding = encodingNamed(options['encoding']);
    const isPlausible = options['plaintext'] === 'any' ? () => true : isPlausibleText;
    const candidate = encoding.candidate(2 * blockBytes);
    return {
      name,
      keyBytes: cbcKeyBytes,
      integrity: 'none',
      detection: 'by key',
      timestamps: 'none',
      types: 'none',
      binding: 'none',
      classes: encoding.classes,
      candidate,
      recognises: (cell) => encoding.isCanonical(cell) && readPiece(encoding, cell) !== undefined,
      bind(secret) {
        const key = secret.use((bytes) => createSecretKey(bytes));
        return {
          openBatch: (cells) => openBatch({ key, encoding, isPlausible }, cells),
          sealBatch: (plaintexts, classes) => sealBatch({ key, encoding }, plaintexts, classes),
        };
      },
    };
  },
};

interface BoundCbc {
  readonly key: KeyObject;
  readonly encoding: CellEncoding;
}

function readPiece(encoding: CellEncoding, cell: CellValue): Buffer | undefined {
  const piece = Buffer.allocUnsafe(encoding.bytesAtMost(cell));
  const bytes = encoding.decode(cell, piece, 0);
  return bytes !== undefined && isPieceLength(bytes) ? piece.subarray(0, bytes) : undefined;
}

function openBatch(
  { key, encoding, isPlausible }: BoundCbc & { readonly isPlausible: typeof isPlausibleText },
  cells: readonly CellValue[],
): OpenedBatch {
  const pieces = cells.map((cell) => readPiece(encoding, cell));
  let at = 0;
  const spans = pieces.flatMap((piece): readonly Piece[] =>
    piece ? [{ start: at, end: (at += piece.length) }] : [],
  );
  const opened = openPieces(key, Buffer.concat(pieces.flatMap((piece) => piece ?? [])), spans);
  let next = 0;
  return toOpenedBatch(
    pieces.map((piece) => {
      if (piece === undefined) return 'malformed';
      const plaintext = opened[next];
      next += 1;
      return plaintext && isPlausible(plaintext) ? plaintext : 'rejected';
    }),
  );
}

function sealBatch(
  { key, encoding }: BoundCbc,
  { bytes, starts, ends }: PlainBatch,
  classes: readonly CellClass[],
): readonly CellValue[] {
  const sealed = sealPieces(
    key,
    classes.map((_, index) => bytes.subarray(starts[index], ends[index])),
  );
  return classes.map((cellClass, index) => encoding.encode(sealed[index] ?? Buffer.alloc(0), cellClass));
}
