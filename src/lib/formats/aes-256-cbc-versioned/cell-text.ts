import type { CellClass, CellValue } from '../../model/cells/stored-value.ts';
import { isPieceLength } from '../cbc/open-pieces.ts';
import { base64Encoding, decodeText } from '../encodings/base64.ts';
import { cellOfText, textOfCell } from '../encodings/cell-text.ts';

const cellForm = /^\s*([1-9]\d{0,8}):AES-256-CBC:([a-z_]{1,40}):([A-Za-z0-9+/]+={0,2})\s*$/;

/** IV and one block, with the shortest labels there can be. */
export const shortestCell = '1:AES-256-CBC:a:'.length + 44;

/** What stands for the empty value. */
export const emptyText = '__EMPTY_STRING__';

/** A cell in its parts. */
export interface VersionedCell {
  readonly version: string;
  /** IV and ciphertext. */
  readonly piece: Buffer;
}

/** Takes a cell apart; undefined where it is none. */
export function readCell(cell: CellValue): VersionedCell | undefined {
  const [, version, , text] = cellForm.exec(textOfCell(cell) ?? '') ?? [];
  if (version === undefined || text === undefined) return undefined;
  const memory = Buffer.allocUnsafe(text.length);
  const bytes = decodeText(text, memory, 0);
  return bytes !== undefined && isPieceLength(bytes)
    ? { version, piece: memory.subarray(0, bytes) }
    : undefined;
}

/** What a cell says of itself. */
export interface CellLabel {
  readonly version: string;
  readonly field: string;
}

/** The label that most cells have; undefined where none has one. */
export function commonLabel(cells: readonly CellValue[]): CellLabel | undefined {
  const counts = new Map<string, number>();
  for (const cell of cells) {
    const [, version, field] = cellForm.exec(textOfCell(cell) ?? '') ?? [];
    if (version === undefined || field === undefined) continue;
    const label = `${version}:${field}`;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const [most] = [...counts].sort(([, one], [, other]) => other - one);
  const [version, field] = most?.[0].split(':') ?? [];
  return version === undefined || field === undefined ? undefined : { version, field };
}

/** Tells whether a cell is exactly as the application writes it; needs no key. */
export function isCanonicalCell(cell: CellValue): boolean {
  const text = textOfCell(cell) ?? '';
  const base64 = text.slice(text.lastIndexOf(':') + 1);
  return text.trim() === text && base64Encoding.isCanonical(base64) && readCell(cell) !== undefined;
}

/** Writes a cell. */
export function writeCell(label: string, piece: Buffer, cellClass: CellClass): CellValue {
  return cellOfText(label + piece.toString('base64'), cellClass);
}
