import type { CanonicalKeys } from './cell-places.ts';
import { unpackCells, type PackedCells, type SpacedCells } from './packed-cells.ts';
import { isCellValue, isCompound, type ColumnValue } from './stored-value.ts';

/**
 * Names one row of a target: a SQLite rowid as `bigint`, any other key as the text in which its database
 * renders it. Only the database adapter that made a key looks into it; keys are compared by the database.
 */
export type RowKey = bigint | string;

/** A contiguous range of keys, in the order in which the database walks the target. */
export interface KeyRange {
  /** Exclusive lower bound; `null`: from the first row. */
  readonly after: RowKey | null;
  /** Inclusive upper bound. */
  readonly upTo: RowKey;
}

/** Rows as they were read, by column: `columns[c][i]` is the cell of the target's column `c` in row `i`. */
export interface RowBatch {
  readonly keys: readonly RowKey[];
  readonly columns: readonly (readonly ColumnValue[])[];
  /** The same as it came, where the database reads it packed: `columns` is made of it for whoever asks. */
  readonly packed?: readonly PackedCells[];
  /** What a database that numbers the versions of its rows knows each row by, in place of its content. */
  readonly versions?: readonly number[];
  /** The canonical key of each row; only where the table was opened to read it. */
  readonly canonicalKeys?: CanonicalKeys | undefined;
}

/** Text and blob content of a batch, in characters and bytes. */
export function contentSize({ columns }: RowBatch): number {
  let size = 0;
  for (const column of columns) {
    for (const value of column) {
      if (isCompound(value)) size += value.source.length;
      else if (isCellValue(value)) size += value.length;
    }
  }
  return size;
}

/** New cells for rows that were read. The batch travels with them: it is what each row is expected to still hold. */
export interface CellReplacements {
  readonly batch: RowBatch;
  /** `columns[c][i]` is the new cell, `undefined` where the cell stays as it is. */
  readonly columns: readonly (readonly (ColumnValue | undefined)[])[];
  /** The same packed, where the batch came so and nothing of it had to be looked at by itself. */
  readonly packed?: readonly SpacedCells[];
  /** Columns, by their index, from which new cells of others were made: in a row that changes, they too must be what was read. */
  readonly compared?: readonly number[];
}

/**
 * A batch whose cells stay packed for as long as nobody asks for them one by one. What names its rows is asked of `named` each time
 * somebody wants it: an object a row, kept for every chunk in hand, was a twentieth of a run's memory.
 */
export function packedBatch(
  packed: readonly PackedCells[],
  rows: Omit<RowBatch, 'columns' | 'packed' | 'canonicalKeys'>,
  named: Pick<RowBatch, 'canonicalKeys'> = {},
): RowBatch {
  let columns: RowBatch['columns'] | undefined;
  return {
    ...rows,
    packed,
    get canonicalKeys() {
      return named.canonicalKeys;
    },
    get columns() {
      columns ??= packed.map((cells) => unpackCells(cells, null));
      return columns;
    },
  };
}

/** The same for new cells. */
export function packedReplacements(batch: RowBatch, packed: readonly SpacedCells[]): CellReplacements {
  let columns: CellReplacements['columns'] | undefined;
  return {
    batch,
    packed,
    get columns() {
      columns ??= packed.map((cells) => unpackCells(cells, undefined));
      return columns;
    },
  };
}

/** Replacements with other new cells; what was packed does not fit them. */
export function withColumns(
  { batch, compared }: CellReplacements,
  columns: CellReplacements['columns'],
): CellReplacements {
  return compared === undefined ? { batch, columns } : { batch, columns, compared };
}

/** The outcome for the rows that were to change; every number is the index of a row in the batch. */
export interface ReplacementOutcome {
  /** Rows the database says it changed. */
  readonly written: readonly number[];
  /** Rows another writer changed since they were read. */
  readonly changed: readonly number[];
  /** Rows that are confirmed to be gone. */
  readonly vanished: readonly number[];
  /** Rows whose new content the schema refuses (a constraint or a trigger). */
  readonly refused: readonly number[];
}

/** A key as text, for the ledger and for messages. */
export function renderRowKey(key: RowKey): string {
  return String(key);
}

/** The inverse of `renderRowKey`; no rendered key of another kind consists of digits alone. */
export function parseRowKey(text: string): RowKey {
  return /^-?\d+$/u.test(text) ? BigInt(text) : text;
}
