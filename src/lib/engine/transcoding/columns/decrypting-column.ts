import type { OpenedBatch } from '../../../formats/cell-format.ts';
import { placesOfRows, type ColumnPlace } from '../../../model/cells/cell-places.ts';
import { isCellValue, type CellValue, type StoredValue } from '../../../model/cells/stored-value.ts';
import { decodePlaintext } from '../../../model/cells/typed-plaintexts.ts';
import type { PlaintextState } from '../../../model/columns/column-state.ts';
import type { CellOutcome } from '../cell-outcome.ts';
import type { ColumnCipher } from '../column-cipher.ts';
import type { ColumnTranscoder } from '../column-transcoder.ts';
import { isForeign } from './is-foreign.ts';
import type { LookalikeTest } from './lookalikes.ts';

/** A column on its way from cells to plaintext. */
export interface DecryptedColumn {
  readonly kind: 'decrypt';
  readonly place: ColumnPlace;
  readonly old: ColumnCipher;
  readonly to: PlaintextState;
  /** Tells what looks like a cell of any format: that is no plaintext. */
  readonly looksSealed: LookalikeTest;
}

/**
 * Opens what the key opens. What is no cell of any format is plaintext already; what looks like one is rejected, unless
 * the plan says that such values are plaintext too: it is then what an encryption of them has to come back to.
 */
export function createDecryptingColumn(column: DecryptedColumn): ColumnTranscoder {
  return ({ values: cells, canonicalKeys }) => {
    const outcomes = cells.map((cell) => withoutKey(cell, column));
    const replacements = new Array<StoredValue | undefined>(cells.length);
    const rows = cells.flatMap((cell, row) => (isCellValue(cell) ? [row] : []));
    const opened = column.old.cipher.openBatch(
      rows.map((row) => cells[row] as CellValue),
      placesOfRows(column.place, canonicalKeys, rows),
    );
    rows.forEach((row, index) => {
      const outcome = opened.outcomes[index];
      if (isForeign(outcome) && column.to.lookalikes === 'quarantine') outcomes[row] = outcome;
      if (outcome !== 'opened') return;
      if (column.old.format.holdsMore?.(cells[row] as CellValue) === true) {
        outcomes[row] = 'refused';
        return;
      }
      const value = valueAt(opened, index, column.to);
      outcomes[row] = value === undefined ? 'malformed' : 'rewritten';
      replacements[row] = value;
    });
    return { replacements, outcomes, nested: 0 };
  };
}

function withoutKey(cell: StoredValue, { to, looksSealed }: DecryptedColumn): CellOutcome {
  if (cell === null) return 'null';
  if (cell === '' || (typeof cell === 'object' && cell.length === 0)) return 'empty';
  const isForeignCell = to.lookalikes === 'quarantine' && isCellValue(cell) && looksSealed.isCell(cell);
  return isForeignCell ? 'rejected' : 'already';
}

function valueAt(opened: OpenedBatch, index: number, to: PlaintextState): StoredValue | undefined {
  const bytes = opened.bytes.subarray(opened.starts[index], opened.ends[index]);
  return decodePlaintext(bytes, opened.types?.[index] ?? 0, to.type);
}
