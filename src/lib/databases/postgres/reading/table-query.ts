import type { CanonicalKeys } from '../../../model/cells/cell-places.ts';
import { packedBatch, type RowBatch, type RowKey } from '../../../model/cells/row-batch.ts';
import { openedName, type OpenedColumn } from '../../../model/columns/opened-column.ts';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { KeyReading } from '../../target-table.ts';
import { markKeyOf } from '../columns/mark-key.ts';
import type { Capabilities } from '../connection/capabilities.ts';
import type { TextRow } from '../connection/session.ts';
import { createKeyNamer } from '../schema/canonical-keys.ts';
import type { ColumnShape, TableShape } from '../schema/table-shape.ts';
import { addressingOf, type KeyCondition, type RowAddressing } from './addressing.ts';
import { readCell, selectedCell } from './cell-text.ts';
import { readPackedRows, type ReadColumns } from './packed-rows.ts';

/** The pieces of statements on some columns of one table. */
export interface TableQuery {
  readonly shape: TableShape;
  readonly columns: readonly ColumnShape[];
  readonly addressing: RowAddressing;
  /** The `FROM` clause; the table is called `target`. */
  readonly from: string;
  /** The table in which the side of a pair is marked that others have written last. */
  readonly marks: string;
  /** What a row is told by from what it was: the number of its version, or its cells. */
  readonly comparison: 'versions' | 'cells';
  /** How rows that others have locked are left out: by the server, or one by one. */
  readonly locking: 'SKIP LOCKED' | 'NOWAIT';
  /** `SELECT` of the key, the row's version and the cells. */
  readonly selectCells: string;
  /** The condition for rows behind a key; for every row when it is `null`. */
  behind(after: RowKey | null, first: number): KeyCondition;
  /** The same of rows that are joined with others, behind their place among those. */
  readonly selectPlacedCells: string;
  /** Turns what `selectCells` returned into a batch. */
  readonly toBatch: (rows: readonly TextRow[]) => RowBatch;
  /** The same of rows in binary form, which are left packed; only where cells are all that is read, and keys. */
  readonly toPackedBatch?: (rows: Buffer) => RowBatch;
}

/** Which cells of a table are read, and whether what names their rows for good is read with them. */
interface ReadCells {
  readonly columns: readonly OpenedColumn[];
  readonly canonicalKeys: KeyReading;
  readonly ledgerSchema: string;
  readonly capabilities: Capabilities;
}

/** Puts the pieces together. `ONLY`: the tables that inherit from this one are tables of their own. */
export function createTableQuery(
  shape: TableShape,
  { columns: opened, canonicalKeys, ledgerSchema, capabilities }: ReadCells,
): TableQuery {
  if (shape.key.length === 0 && !capabilities.has('row places')) throw keyless(shape);
  const nameKeys = createKeyNamer(shape);
  const marks = `${quoteIdentifier(ledgerSchema)}.keyturn_mark`;
  const columns = opened.map((column) => openColumn(shape, column, marks));
  const addressing = addressingOf(shape);
  const from = `FROM ONLY ${shape.sqlName} AS target`;
  const comparison = capabilities.has('row versions') ? 'versions' : 'cells';
  const version = comparison === 'versions' ? 'target.xmin' : 'NULL';
  const selected = [addressing.keyExpression, version, ...columns.map(selectedCell)].join(', ');
  const areCells = columns.every(({ content }) => content === 'text' || content === 'bytea');
  const isPacked = areCells && comparison === 'versions';
  const namesOf = (keys: readonly RowKey[]): CanonicalKeys | undefined =>
    canonicalKeys === 'read' ? nameKeys(keys) : undefined;
  return {
    shape,
    columns,
    addressing,
    from,
    marks,
    comparison,
    locking: capabilities.has('skipped locks') ? 'SKIP LOCKED' : 'NOWAIT',
    selectCells: `SELECT ${selected} ${from}`,
    selectPlacedCells: `SELECT wanted.place, ${selected} ${from}`,
    behind: (after, first) =>
      after === null ? { sql: 'true', values: [] } : addressing.condition('>', after, first),
    toBatch(rows) {
      const keys = rows.map((row) => addressing.parse(row[0] ?? ''));
      return {
        keys,
        ...(comparison === 'versions' && { versions: rows.map((row) => Number(row[1])) }),
        columns: columns.map((column, index) => rows.map((row) => readCell(column, row[index + 2] ?? null))),
        canonicalKeys: namesOf(keys),
      };
    },
    ...(isPacked && { toPackedBatch: packerOf({ columns, addressing }, namesOf) }),
  };
}

function packerOf(
  read: ReadColumns,
  namesOf: (keys: readonly RowKey[]) => CanonicalKeys | undefined,
): (rows: Buffer) => RowBatch {
  return (messages) => {
    const { columns, ...rows } = readPackedRows(messages, read);
    return packedBatch(columns, rows, {
      get canonicalKeys() {
        return namesOf(rows.keys);
      },
    });
  };
}

function keyless({ table, sqlName }: TableShape): KeyturnError {
  return new KeyturnError({
    code: 'KT_SERVER_UNSUITABLE',
    reason: 'databaseUnavailable',
    message: `table "${table}" has neither a primary key nor a unique index in its place, and this server does not tell where rows lie`,
    hints: [`ALTER TABLE ${sqlName} ADD COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY`],
  });
}

function openColumn(shape: TableShape, opened: OpenedColumn, marks: string): ColumnShape {
  const name = openedName(opened);
  if (typeof opened === 'object' && opened.kind !== 'value') {
    const own = {
      name,
      declaredType: 'text',
      castType: 'text',
      content: 'expression',
      maximumCharacters: null,
      isGenerated: false,
    } as const;
    return opened.kind === 'absent' ? own : { ...own, ...selectedSide(shape, opened.pairId, marks) };
  }
  const column = shape.columns.find((one) => one.name === name);
  if (!column) throw new Error(`table "${shape.table}" has no column "${name}"`);
  const isAnyValue = typeof opened === 'object' && column.content !== 'text' && column.content !== 'bytea';
  return isAnyValue ? { ...column, content: 'value' } : column;
}

function selectedSide(
  shape: TableShape,
  pairId: number,
  marks: string,
): Pick<ColumnShape, 'expression' | 'pairId'> {
  const key = markKeyOf(shape, 'target');
  return {
    pairId,
    expression: `(SELECT side FROM ${marks} AS mark WHERE mark.pair_id = ${pairId} AND mark.row_key = ${key})`,
  };
}
