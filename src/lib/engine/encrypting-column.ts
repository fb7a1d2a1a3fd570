import type { CellFormat } from '../formats/cell-format.ts';
import type { PlaintextState } from '../model/column-state.ts';
import { plainTypeOf } from '../model/plain-type.ts';
import { placesOfRows, type ColumnPlace } from '../model/cell-places.ts';
import { isCellValue, type CellClass, type CellValue, type StoredValue } from '../model/stored-value.ts';
import { isForeign } from './is-foreign.ts';
import { refuseDifference } from './plaintexts.ts';
import type { CellOutcome, ColumnCells, ColumnCipher, ColumnTranscoder } from './transcoder.ts';
import { encodePlaintexts } from '../model/typed-plaintexts.ts';

/** A column on its way from plaintext to cells. */
export interface EncryptedColumn {
  readonly kind: 'encrypt';
  readonly place: ColumnPlace;
  readonly from: PlaintextState;
  readonly new: ColumnCipher;
  /** Formats whose cells are known by their bytes: what looks like one of them is no plaintext. */
  readonly knownFormats: readonly CellFormat[];
}

/**
 * Seals what is plaintext. What opens under the key is left as it is; what looks like a cell of any format but does
 * not open is rejected, never sealed again, unless the plan says that such values are plaintext too.
 */
export function createEncryptingColumn(column: EncryptedColumn): ColumnTranscoder {
  return (cells) => {
    const outcomes = cells.values.map((cell) => withoutKey(cell, column));
    tryNewKey(outcomes, cells, column);
    const rows = outcomes.flatMap((outcome, row) => (outcome === 'rewritten' ? [row] : []));
    return { replacements: seal(cells, rows, column), outcomes, nested: 0 };
  };
}

function withoutKey(
  cell: StoredValue,
  { from, knownFormats, new: { format } }: EncryptedColumn,
): CellOutcome {
  if (cell === null) return 'null';
  if (isEmpty(cell) && from.empty === 'keep') return 'empty';
  const isTyped = format.types === 'in each cell' || from.type === plainTypeOf(cell);
  if (!isTyped) return 'malformed';
  const looksSealed = isCellValue(cell) && knownFormats.some((known) => known.recognises(cell));
  return looksSealed && from.lookalikes === 'quarantine' ? 'rejected' : 'rewritten';
}

function isEmpty(cell: Exclude<StoredValue, null>): boolean {
  return typeof cell === 'object' ? cell.length === 0 : cell === '';
}

/** What the key opens is done; what has the format's own layout and does not open is not ours to seal. */
function tryNewKey(
  outcomes: CellOutcome[],
  { values: cells, canonicalKeys }: ColumnCells,
  column: EncryptedColumn,
): void {
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
}

function seal(
  { values: cells, canonicalKeys }: ColumnCells,
  rows: readonly number[],
  { place, new: { cipher, format } }: EncryptedColumn,
): readonly (CellValue | undefined)[] {
  const replacements = new Array<CellValue | undefined>(cells.length);
  if (rows.length === 0) return replacements;
  const values = rows.map((row) => cells[row] ?? '');
  const plaintexts = encodePlaintexts(values);
  const places = placesOfRows(place, canonicalKeys, rows);
  const sealed = cipher.sealBatch(
    plaintexts,
    values.map((value) => sealedClass(value, format)),
    places,
  );
  refuseDifference(plaintexts, cipher.openBatch(sealed, places), format);
  rows.forEach((row, index) => {
    replacements[row] = sealed[index];
  });
  return replacements;
}

/** Bytes become bytes, everything else text, where the format has both. */
function sealedClass(value: Exclude<StoredValue, null>, { classes }: CellFormat): CellClass {
  const alike = typeof value === 'object' ? 'blob' : 'text';
  return classes.includes(alike) ? alike : (classes[0] ?? 'text');
}
