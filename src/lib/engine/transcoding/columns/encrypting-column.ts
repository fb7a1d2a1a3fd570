import type { CellFormat } from '../../../formats/cell-format.ts';
import type { IndexedContent } from '../../../indexes/blind-index.ts';
import { placesOfRows, type ColumnPlace } from '../../../model/cells/cell-places.ts';
import { freeBatch } from '../../../model/cells/plain-batch.ts';
import { plainTypeOf } from '../../../model/cells/plain-type.ts';
import {
  isCellValue,
  type CellClass,
  type CellValue,
  type StoredValue,
} from '../../../model/cells/stored-value.ts';
import { encodePlaintexts } from '../../../model/cells/typed-plaintexts.ts';
import type { PlaintextState } from '../../../model/columns/column-state.ts';
import type { CellOutcome } from '../cell-outcome.ts';
import type { ColumnCipher } from '../column-cipher.ts';
import type { ColumnCells, ColumnTranscoder } from '../column-transcoder.ts';
import { contentOfValue, contentsByRow } from './cell-contents.ts';
import { isForeign } from './is-foreign.ts';
import type { LookalikeTest } from './lookalikes.ts';
import { refuseDifference } from './plaintexts.ts';

/** A column on its way from plaintext to cells. */
export interface EncryptedColumn {
  readonly kind: 'encrypt';
  readonly place: ColumnPlace;
  readonly from: PlaintextState;
  readonly new: ColumnCipher;
  /** Tells what looks like a cell of any format: that is no plaintext. */
  readonly looksSealed: LookalikeTest;
}

/**
 * Seals what is plaintext. What opens under the key is left as it is; what looks like a cell of any format but does
 * not open is rejected, never sealed again, unless the plan says that such values are plaintext too.
 */
export function createEncryptingColumn(column: EncryptedColumn): ColumnTranscoder {
  return (cells) => {
    const { outcomes, opened } = judgePlaintexts(column, cells);
    const rows = outcomes.flatMap((outcome, row) => (outcome === 'rewritten' ? [row] : []));
    const { place, new: cipher } = column;
    const classOf = (value: PlainValue): CellClass => classAlike(value, cipher.format);
    return {
      replacements: sealRows(cells, rows, { ...cipher, place, classOf }),
      outcomes,
      nested: 0,
      contents: () => contentsOf(cells.values, outcomes, opened()),
    };
  };
}

/** What the values of a column of plaintext come to, and what those hold that the key opens, by row. */
interface JudgedPlaintexts {
  readonly outcomes: readonly CellOutcome[];
  readonly opened: () => ReadonlyMap<number, Uint8Array>;
}

/** Tells values to seal from cells that are done and cells of other keys. */
export function judgePlaintexts(column: EncryptedColumn, cells: ColumnCells): JudgedPlaintexts {
  const outcomes = cells.values.map((cell) => outcomeOfPlaintext(cell, column));
  const opened = tryNewKey(outcomes, cells, column);
  return { outcomes, opened };
}

/** What values of a plaintext column come to that are no cells. */
const isPlaintext: ReadonlySet<CellOutcome | undefined> = new Set<CellOutcome>([
  'rewritten',
  'empty',
  'null',
]);

/** What opened holds what it held; what is plaintext, that. */
function contentsOf(
  values: readonly StoredValue[],
  outcomes: readonly CellOutcome[],
  opened: ReadonlyMap<number, Uint8Array>,
): readonly IndexedContent[] {
  return values.map((value, row) =>
    isPlaintext.has(outcomes[row]) ? contentOfValue(value) : opened.get(row),
  );
}

/** What a value of a plaintext column is to become, as far as can be told without the key. */
export function outcomeOfPlaintext(
  cell: StoredValue,
  { from, looksSealed, new: { format } }: EncryptedColumn,
): CellOutcome {
  if (cell === null) return 'null';
  if (isEmptyValue(cell) && from.empty === 'keep') return 'empty';
  const isTyped = format.types === 'in each cell' || from.type === plainTypeOf(cell);
  if (!isTyped) return 'malformed';
  const isForeignCell = from.lookalikes === 'quarantine' && isCellValue(cell) && looksSealed.isCell(cell);
  return isForeignCell ? 'rejected' : 'rewritten';
}

/** Tells whether a value is there, but has no content. */
export function isEmptyValue(cell: Exclude<StoredValue, null>): boolean {
  return typeof cell === 'object' ? cell.length === 0 : cell === '';
}

/**
 * What the key opens is done; what has the format's own layout and does not open is not ours to seal. Returns what opened,
 * by row.
 */
function tryNewKey(
  outcomes: CellOutcome[],
  { values: cells, canonicalKeys }: ColumnCells,
  column: EncryptedColumn,
): () => ReadonlyMap<number, Uint8Array> {
  const rows = cells.flatMap((cell, row) => (isCellValue(cell) ? [row] : []));
  const opened = column.new.cipher.openBatch(
    rows.map((row) => cells[row] as CellValue),
    placesOfRows(column.place, canonicalKeys, rows),
  );
  rows.forEach((row, index) => {
    const outcome = opened.outcomes[index];
    if (outcome === 'opened') outcomes[row] = 'already';
    else if (isForeign(outcome) && column.from.lookalikes === 'quarantine') outcomes[row] = outcome;
  });
  return () => contentsByRow({ batch: opened, rows });
}

type PlainValue = Exclude<StoredValue, null>;

/** What seals values, their places, and the storage class of each cell. */
interface Sealing extends ColumnCipher {
  readonly place: ColumnPlace;
  readonly classOf: (value: PlainValue) => CellClass;
}

/** Seals the values of some rows, and opens them again to compare before anything is written. */
export function sealRows(
  { values: cells, canonicalKeys }: ColumnCells,
  rows: readonly number[],
  { cipher, format, place, classOf }: Sealing,
): readonly (CellValue | undefined)[] {
  const replacements = new Array<CellValue | undefined>(cells.length);
  if (rows.length === 0) return replacements;
  const values = rows.map((row) => cells[row] ?? '');
  const plaintexts = encodePlaintexts(values);
  const places = placesOfRows(place, canonicalKeys, rows);
  const sealed = cipher.sealBatch(plaintexts, values.map(classOf), places);
  const reopened = cipher.openBatch(sealed, places);
  refuseDifference(plaintexts, reopened, format);
  freeBatch(reopened);
  freeBatch(plaintexts);
  rows.forEach((row, index) => {
    replacements[row] = sealed[index];
  });
  return replacements;
}

/** Bytes become bytes, everything else text, where the format has both. */
function classAlike(value: PlainValue, { classes }: CellFormat): CellClass {
  const alike = typeof value === 'object' ? 'blob' : 'text';
  return classes.includes(alike) ? alike : (classes[0] ?? 'text');
}
