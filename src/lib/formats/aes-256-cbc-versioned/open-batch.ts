import type { KeyObject } from 'node:crypto';
import type { CellValue } from '../../model/cells/stored-value.ts';
import { openPieces, type Piece } from '../cbc/open-pieces.ts';
import { toOpenedBatch, type OpenedText } from '../cbc/opened-texts.ts';
import { isPlausibleText } from '../cbc/plausible-text.ts';
import type { OpenedBatch } from '../cell-format.ts';
import { emptyText, readCell, type VersionedCell } from './cell-text.ts';
import type { createVersionKeys } from './version-keys.ts';

/** Opens a batch of cells; see CellCipher. All cells of one version are deciphered in one call. */
export function openBatch(
  keyOf: ReturnType<typeof createVersionKeys>,
  cells: readonly CellValue[],
): OpenedBatch {
  const read = cells.map(readCell);
  const results = read.map((cell): OpenedText => (cell ? 'rejected' : 'malformed'));
  for (const version of new Set(read.flatMap((cell) => cell?.version ?? []))) {
    const key = keyOf(version);
    if (key) openVersion(key, results, indexesOf(read, version));
  }
  return toOpenedBatch(results);
}

interface IndexedCell {
  readonly index: number;
  readonly piece: Buffer;
}

function indexesOf(read: readonly (VersionedCell | undefined)[], version: string): readonly IndexedCell[] {
  return read.flatMap((cell, index) => (cell?.version === version ? [{ index, piece: cell.piece }] : []));
}

function openVersion(key: KeyObject, results: OpenedText[], cells: readonly IndexedCell[]): void {
  let at = 0;
  const spans = cells.map(({ piece }): Piece => ({ start: at, end: (at += piece.length) }));
  const opened = openPieces(key, Buffer.concat(cells.map(({ piece }) => piece)), spans);
  cells.forEach(({ index }, order) => {
    const plaintext = opened[order];
    if (plaintext === undefined || !isPlausibleText(plaintext)) return;
    results[index] = plaintext.equals(Buffer.from(emptyText)) ? Buffer.alloc(0) : plaintext;
  });
}
