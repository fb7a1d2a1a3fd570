import type { RowBatch } from '../../../model/cells/row-batch.ts';
import { isCompound, type ColumnValue } from '../../../model/cells/stored-value.ts';
import { encodeXidArray } from '../connection/binary-array.ts';
import { errorCodeOf, lockNotAvailable } from '../connection/errors.ts';
import type { PostgresSession, TextRow } from '../connection/session.ts';
import type { TableQuery } from '../reading/table-query.ts';
import { joinRows, rowsAt, type ExtraArrays, type JoinedRows, type Rows } from './joined-rows.ts';

/** Rows that still are what a batch holds: how they are picked out, and how they are locked. */
export interface UnchangedRows {
  /** What travels with the keys. */
  arrays(rows: Rows): ExtraArrays;
  /** The condition beside that on the key; of rows that are compared by their cells, whoever asks has locked them. */
  readonly condition: string;
  /** Selects from the rows that nobody else has locked, and locks them. */
  selectUnlocked(joined: JoinedRows, selected: string): string;
  /** Those of the rows that nobody else has locked and that still are what was read, locked from now on. */
  lock(rows: Rows): Promise<Rows>;
}

/** Where and with what the rows of a batch are locked. */
interface Locking {
  readonly session: PostgresSession;
  readonly query: TableQuery;
  readonly batch: RowBatch;
}

/** Prepares the statements. */
export function createUnchangedRows(place: Locking): UnchangedRows {
  const { session, query, batch } = place;
  const run = joinRows(session, { query, plan: 'kept' }, batch);
  const { shape, columns, comparison, locking } = query;
  const isReferable = columns.some(({ name }) => shape.uniqueColumns.includes(name));
  const strength = isReferable ? 'UPDATE' : 'NO KEY UPDATE';
  const condition = comparison === 'versions' ? 'target.xmin = wanted.version' : 'true';
  const arrays = (rows: Rows): ExtraArrays => (comparison === 'versions' ? versionsOf(batch, rows) : []);
  const selectUnlocked: UnchangedRows['selectUnlocked'] = ({ wanted, join }, selected) =>
    `SELECT ${selected} FROM ONLY ${shape.sqlName} AS target JOIN ${wanted} ON ${join}
     WHERE ${condition} FOR ${strength} OF target ${locking}`;

  async function lockAtOnce(rows: Rows): Promise<Rows> {
    const select = (selected: string) =>
      run(
        rows,
        arrays(rows),
        (joined) => `SELECT ${selected} FROM (${selectUnlocked(joined, 'wanted.place')}) AS locked`,
      );
    const counted = await select('count(*)');
    if (Number(counted.rows[0]?.[0]) === rows.length) return rows;
    // The locks are ours already: now for the names of those rows.
    return rowsAt(rows, await select('place'));
  }

  const lockFree =
    locking === 'SKIP LOCKED' ? lockAtOnce : (rows: Rows) => lockInHalves(place, lockAtOnce, rows);
  return {
    arrays,
    condition,
    selectUnlocked,
    async lock(rows) {
      const locked = await lockFree(rows);
      return comparison === 'versions' || locked.length === 0 ? locked : keepSame(place, locked);
    },
  };
}

/** One row that somebody else holds fails the statement: its halves are tried, down to that row. */
async function lockInHalves(
  place: Locking,
  lockAtOnce: (rows: Rows) => Promise<Rows>,
  rows: Rows,
): Promise<Rows> {
  if (rows.length === 0) return [];
  const { session } = place;
  await session.query({ text: 'SAVEPOINT keyturn_locks' });
  try {
    const locked = await lockAtOnce(rows);
    await session.query({ text: 'RELEASE SAVEPOINT keyturn_locks' });
    return locked;
  } catch (error) {
    if (errorCodeOf(error) !== lockNotAvailable) throw error;
    await session.query({ text: 'ROLLBACK TO SAVEPOINT keyturn_locks' });
  }
  if (rows.length === 1) return [];
  const middle = rows.length >> 1;
  const first = await lockInHalves(place, lockAtOnce, rows.slice(0, middle));
  return [...first, ...(await lockInHalves(place, lockAtOnce, rows.slice(middle)))];
}

/**
 * Those of the rows whose cells are what the batch holds. They are locked, so that nobody changes them any more, and read by
 * a statement that begins afterwards, so that it sees what was committed last. Compared here: an old value would travel to the
 * server, and into its log, as a parameter.
 */
async function keepSame({ session, query, batch }: Locking, locked: Rows): Promise<Rows> {
  const run = joinRows(session, { query, plan: 'made each time' }, batch);
  const read = await run(
    locked,
    [],
    ({ wanted, join }) => `${query.selectPlacedCells} JOIN ${wanted} ON ${join}`,
  );
  const { columns } = query.toBatch(read.rows.map((row): TextRow => row.slice(1)));
  const same = read.rows.filter(([place], index) => {
    const row = locked[Number(place) - 1];
    return columns.every((cells, column) =>
      isSame(cells[index], row === undefined ? undefined : batch.columns[column]?.[row]),
    );
  });
  return rowsAt(locked, { rows: same });
}

function isSame(one: ColumnValue | undefined, other: ColumnValue | undefined): boolean {
  if (isCompound(one) && isCompound(other)) return one.source === other.source;
  if (one instanceof Uint8Array && other instanceof Uint8Array) return Buffer.compare(one, other) === 0;
  return one === other;
}

function versionsOf({ versions = [] }: RowBatch, rows: Rows): ExtraArrays {
  return [{ name: 'version', type: 'xid', value: encodeXidArray(rows.map((row) => versions[row] ?? 0)) }];
}
