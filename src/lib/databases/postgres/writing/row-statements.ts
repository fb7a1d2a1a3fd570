import { noCell, type SpacedCells } from '../../../model/cells/packed-cells.ts';
import type { CellReplacements } from '../../../model/cells/row-batch.ts';
import { isCompound, type ColumnValue, type StoredValue } from '../../../model/cells/stored-value.ts';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { markKeyOf } from '../columns/mark-key.ts';
import { renderCompound } from '../compound/part-syntax.ts';
import { syntaxOf } from '../compound/syntax-of.ts';
import { encodeByteaArray, encodePackedArray, encodeTextArray } from '../connection/binary-array.ts';
import type { PostgresSession, StatementResult } from '../connection/session.ts';
import type { TableQuery } from '../reading/table-query.ts';
import type { ColumnShape } from '../schema/table-shape.ts';
import { joinRows, rowsAt, type ExtraArrays, type JoinedRows, type Rows } from './joined-rows.ts';
import { createUnchangedRows } from './unchanged-rows.ts';

/** The statements on many rows of one batch at a time, inside the transaction that is open on a session. */
export interface RowStatements {
  /** Those of the rows that nobody else has locked and that still are what was read, locked from now on. */
  lockUnchanged(rows: Rows): Promise<Rows>;
  /**
   * Writes the new cells of rows that still are what was read; waits for those that somebody has locked. Tells how many.
   * Where rows are compared by their cells, for rows that are locked alone.
   */
  update(rows: Rows): Promise<number>;
  /** The same, and tells which. */
  updateReturning(rows: Rows): Promise<Rows>;
  /** Both in one: locks what nobody else has locked and writes it, waiting for nobody. Tells how many. */
  updateUnlocked(rows: Rows): Promise<number>;
  /** Those of the rows that the transaction has written, outside any savepoint. */
  findWritten(rows: Rows): Promise<Rows>;
  /** Those of the rows that hold something else than was written: a trigger has changed it. */
  findAltered(rows: Rows): Promise<Rows>;
  /** Those of the rows that exist at all. */
  findExisting(rows: Rows): Promise<Rows>;
  /** Forgets who has written rows last, where that is settled with the update. */
  forgetMarks(rows: Rows): Promise<void>;
}

/** Prepares the statements that write one batch. */
export function createRowStatements(
  session: PostgresSession,
  query: TableQuery,
  replacements: CellReplacements,
): RowStatements {
  const { batch } = replacements;
  const run = joinRows(session, { query, plan: 'kept' }, batch);
  const unchanged = createUnchangedRows({ session, query, batch });
  const { finding, forgetting, start } = textsOf(query);
  const changing = changingColumns(query, replacements);

  const changesIn = (rows: Rows): readonly ColumnChange[] =>
    changing.map((change, index) => change(rows, index + 1));

  function write(rows: Rows, source: (joined: JoinedRows) => string): Promise<StatementResult> {
    const changes = changesIn(rows);
    const assignments = changes.map(({ name, value }) => `${name} = ${value}`).join(', ');
    const cells = changes.flatMap(({ arrays }) => arrays);
    const extra = [...unchanged.arrays(rows), ...cells];
    return run(rows, extra, (joined) => `${start} SET ${assignments} FROM ${source(joined)}`);
  }

  const found = ({ wanted, join }: JoinedRows): string =>
    `${wanted} WHERE ${join} AND ${unchanged.condition}`;

  return {
    lockUnchanged: (rows) => unchanged.lock(rows),
    update: async (rows) => (await write(rows, found)).rowCount,
    updateReturning: async (rows) =>
      rowsAt(rows, await write(rows, (joined) => `${found(joined)} RETURNING wanted.place`)),
    async updateUnlocked(rows) {
      // A row that is locked stays where it lies: it is found again without the index of its key.
      const locked = (joined: JoinedRows): string =>
        `(${unchanged.selectUnlocked(joined, 'target.ctid AS place_of_row, wanted.*')}) AS wanted WHERE target.ctid = wanted.place_of_row`;
      return (await write(rows, locked)).rowCount;
    },
    findWritten: async (rows) =>
      rowsAt(
        rows,
        await run(rows, [], (joined) => `${finding(joined)} WHERE target.xmin = pg_current_xact_id()::xid`),
      ),
    async findAltered(rows) {
      const changes = changesIn(rows);
      const altered = changes.map(({ name, value, compared }) => {
        const [now, written] = [`target.${name}`, value].map(compared);
        return `${now} IS DISTINCT FROM ${written}`;
      });
      const cells = changes.flatMap(({ arrays }) => arrays);
      const result = await run(
        rows,
        cells,
        (joined) => `${finding(joined)} WHERE ${altered.join(' OR ') || 'false'}`,
      );
      return rowsAt(rows, result);
    },
    findExisting: async (rows) => rowsAt(rows, await run(rows, [], finding)),
    async forgetMarks(rows) {
      for (const { pairId, cells } of settledPairs(query, replacements)) {
        const settled = rows.filter((row) => cells[row] === null);
        if (settled.length > 0) await run(settled, [], forgetting(pairId));
      }
    },
  };
}

/** The texts that all statements on a table share. */
function textsOf({ shape, marks }: TableQuery) {
  const table = `ONLY ${shape.sqlName} AS target`;
  return {
    start: `UPDATE ${table}`,
    finding: ({ wanted, join }: JoinedRows) => `SELECT wanted.place FROM ${table} JOIN ${wanted} ON ${join}`,
    forgetting:
      (pairId: number) =>
      ({ wanted, join }: JoinedRows) =>
        `DELETE FROM ${marks} AS mark USING ${table} JOIN ${wanted} ON ${join}
         WHERE mark.pair_id = ${pairId} AND mark.row_key = ${markKeyOf(shape, 'target')}`,
  };
}

/** How one column changes in some rows. */
interface ColumnChange {
  /** Quoted. */
  readonly name: string;
  /** An expression for what it is to hold. */
  readonly value: string;
  readonly arrays: ExtraArrays;
  /** Turns an expression of its type into one that is the same only where the bytes are. */
  readonly compared: (expression: string) => string;
}

/** The same once it is known in which rows; `place` tells columns apart. */
type ChangeOfColumn = (rows: Rows, place: number) => ColumnChange;

/** What it says, whatever its collation takes for equal; some types have no `=` of their own. */
function comparedAs({ content, castType }: ColumnShape): ColumnChange['compared'] {
  if (content === 'bytea') return (expression) => expression;
  return (expression) => `(${expression})::${castType}::text COLLATE "C"`;
}

/** The columns in which a cell of the batch changes. */
function changingColumns({ columns }: TableQuery, replacements: CellReplacements): readonly ChangeOfColumn[] {
  const { packed } = replacements;
  if (packed) {
    return columns.flatMap((column, index) => {
      const cells = packed[index];
      const isChanging = cells?.lengths.some((length) => length !== noCell) === true;
      return isChanging ? [packedChange(column, cells)] : [];
    });
  }
  return columns.flatMap((column, index) => {
    const cells = replacements.columns[index] ?? [];
    const isChanging = column.content !== 'expression' && cells.some((cell) => cell !== undefined);
    if (!isChanging) return [];
    return [
      (rows, place) =>
        changeOf(
          column,
          place,
          rows.map((row) => cells[row]),
        ),
    ];
  });
}

/** Of cells that are packed none becomes NULL. */
function packedChange(shape: ColumnShape, cells: SpacedCells): ChangeOfColumn {
  const column = quoteIdentifier(shape.name);
  const type = shape.content === 'bytea' ? 'bytea' : 'text';
  return (rows, place) => ({
    name: column,
    value: `coalesce(wanted.cell_${place}, target.${column})`,
    arrays: [{ name: `cell_${place}`, type, value: encodePackedArray(type, cells, rows) }],
    compared: comparedAs(shape),
  });
}

/** The pairs whose marks go, and in which rows: those with NULL. */
function settledPairs(
  { columns }: TableQuery,
  replacements: CellReplacements,
): readonly { readonly pairId: number; readonly cells: readonly (ColumnValue | undefined)[] }[] {
  return columns.flatMap(({ pairId }, index) =>
    pairId === undefined ? [] : [{ pairId, cells: replacements.columns[index] ?? [] }],
  );
}

/** How one column changes: NULL in its array leaves a cell as it is; cells that become NULL are in an array of their own. */
function changeOf(
  column: ColumnShape,
  place: number,
  cells: readonly (ColumnValue | undefined)[],
): ColumnChange {
  const name = quoteIdentifier(column.name);
  const isText = column.content === 'text' || column.content === 'bytea';
  const fresh = `wanted.cell_${place}${isText ? '' : `::${column.castType}`}`;
  const kept = `coalesce(${fresh}, target.${name})`;
  const arrays = [{ name: `cell_${place}`, ...encodeCells(column, cells) }];
  const compared = comparedAs(column);
  if (!cells.includes(null)) return { name, value: kept, arrays, compared };
  const emptied = encodeTextArray(cells.map((cell) => (cell === null ? 'NULL' : undefined)));
  return {
    name,
    compared,
    value: `CASE WHEN wanted.emptied_${place} IS NULL THEN ${kept} END`,
    arrays: [...arrays, { name: `emptied_${place}`, type: 'text', value: emptied }],
  };
}

function encodeCells(
  { content }: ColumnShape,
  values: readonly (ColumnValue | undefined)[],
): { readonly type: string; readonly value: Buffer } {
  const syntax = syntaxOf(content);
  const cells = values.map((value) => (isCompound(value) ? syntax && renderCompound(syntax, value) : value));
  return content === 'bytea'
    ? { type: 'bytea', value: encodeByteaArray(cells.map(asBytes)) }
    : { type: 'text', value: encodeTextArray(cells.map(asText)) };
}

function asBytes(cell: StoredValue | undefined): Uint8Array | undefined {
  if (cell === undefined || cell === null) return undefined;
  return cell instanceof Uint8Array ? cell : Buffer.from(String(cell));
}

function asText(cell: StoredValue | undefined): string | undefined {
  if (cell === undefined || cell === null) return undefined;
  if (!(cell instanceof Uint8Array)) return String(cell);
  throw new KeyturnError({
    code: 'KT_STATEMENT_REFUSED',
    reason: 'unexpected',
    message: 'a cell of this format is bytes, which no text column of PostgreSQL takes',
    hints: ['choose a format that is text, or alter the column to bytea'],
  });
}
