import { openedName, type OpenedColumn } from '../../model/opened-column.ts';
import type { RowBatch, RowKey } from '../../model/row-batch.ts';
import type { KeyReading } from '../target-database.ts';
import { addressingOf, type KeyCondition, type RowAddressing } from './addressing.ts';
import { createKeyNamer } from './canonical-keys.ts';
import { readCell, selectedCell } from './cell-text.ts';
import type { ColumnShape, TableShape } from './schema.ts';
import type { TextRow } from './session.ts';

/** The pieces of statements on some columns of one table. */
export interface TableQuery {
  readonly shape: TableShape;
  readonly columns: readonly ColumnShape[];
  readonly addressing: RowAddressing;
  /** The `FROM` clause; the table is called `target`. */
  readonly from: string;
  /** `SELECT` of the key, the row's version and the cells. */
  readonly selectCells: string;
  /** The condition for rows behind a key; for every row when it is `null`. */
  behind(after: RowKey | null, first: number): KeyCondition;
  /** Turns what `selectCells` returned into a batch. */
  readonly toBatch: (rows: readonly TextRow[]) => RowBatch;
}

/** Which cells of a table are read, and whether what names their rows for good is read with them. */
interface ReadCells {
  readonly columns: readonly OpenedColumn[];
  readonly canonicalKeys: KeyReading;
}

/** Puts the pieces together. `ONLY`: the tables that inherit from this one are tables of their own. */
export function createTableQuery(
  shape: TableShape,
  { columns: opened, canonicalKeys }: ReadCells,
): TableQuery {
  const nameKeys = createKeyNamer(shape);
  const columns = opened.map((column) => openColumn(shape, column));
  const addressing = addressingOf(shape);
  const from = `FROM ONLY ${shape.sqlName} AS target`;
  const cells = columns.map(selectedCell);
  return {
    shape,
    columns,
    addressing,
    from,
    selectCells: `SELECT ${[addressing.keyExpression, 'target.xmin', ...cells].join(', ')} ${from}`,
    behind: (after, first) =>
      after === null ? { sql: 'true', values: [] } : addressing.condition('>', after, first),
    toBatch(rows) {
      const keys = rows.map((row) => addressing.parse(row[0] ?? ''));
      return {
        keys,
        versions: rows.map((row) => Number(row[1])),
        columns: columns.map((column, index) => rows.map((row) => readCell(column, row[index + 2] ?? null))),
        ...(canonicalKeys === 'read' && { canonicalKeys: nameKeys(keys) }),
      };
    },
  };
}

function openColumn({ table, columns }: TableShape, opened: OpenedColumn): ColumnShape {
  const name = openedName(opened);
  const column = columns.find((one) => one.name === name);
  if (!column) throw new Error(`table "${table}" has no column "${name}"`);
  const isAnyValue = typeof opened === 'object' && column.content !== 'text' && column.content !== 'bytea';
  return isAnyValue ? { ...column, content: 'value' } : column;
}
