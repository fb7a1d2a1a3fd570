import type Database from 'better-sqlite3';
import type { PlacedColumn } from '../../../model/columns/placed-column.ts';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import type { PairRecord, PairSide } from '../../../model/schema/column-pair.ts';
import { columnStays, refuseKeepers } from '../../column-stays.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { ColumnPairs } from '../../schema-changes.ts';
import type { SqliteConnection } from '../connection/connection.ts';
import { takeOutBroken } from '../schema/broken-schema.ts';
import { listDependants } from '../schema/column-dependants.ts';
import { describeTable, readShape, tableName } from '../schema/schema.ts';
import { markKeyOf } from './mark-key.ts';
import {
  createFreezeTriggers,
  createMarkTriggers,
  dropPairTriggers,
  isWatched,
  requireKeys,
} from './pair-triggers.ts';
import { readdColumn, restoreColumn, retireColumn } from './retired-column.ts';

function forgetStrayMarks(database: Database.Database, { id, table }: PairRecord): void {
  const shape = readShape(database, table);
  const key = markKeyOf(shape, quoteIdentifier(table)) ?? 'NULL';
  database.exec(
    `DELETE FROM main.keyturn_mark WHERE pair_id = ${id} AND row_key NOT IN (SELECT ${key} FROM ${tableName(shape)})`,
  );
}

function prefer(
  database: Database.Database,
  { id, table, plaintext, cells }: PairRecord,
  side: PairSide,
): void {
  const shape = readShape(database, table);
  const key = markKeyOf(shape, quoteIdentifier(table)) ?? 'NULL';
  const hasBoth = `${quoteIdentifier(plaintext)} IS NOT NULL AND ${quoteIdentifier(cells)} IS NOT NULL`;
  database.exec(`INSERT OR IGNORE INTO main.keyturn_mark(pair_id, row_key, side)
    SELECT ${id}, ${key}, '${side}' FROM ${tableName(shape)} WHERE ${hasBoth}`);
}

function isStatementRefused(error: unknown): boolean {
  return error instanceof KeyturnError && error.code === 'KT_STATEMENT_REFUSED';
}

/** What is broken goes for as long as a column is dropped, and is made again in the same transaction. */
async function withoutBroken(database: Database.Database, alter: () => Promise<void>): Promise<void> {
  const broken = takeOutBroken(database);
  await alter();
  for (const sql of broken) database.exec(sql);
}

/** Changes the schema around pairs of columns, in the transaction that is open. */
export function createColumnPairs(connection: SqliteConnection): ColumnPairs {
  const { database } = connection;
  const attempt: SqliteConnection['attempt'] = (work) => connection.attempt(work);
  const attempted =
    <Args extends readonly unknown[], Result>(work: (database: Database.Database, ...args: Args) => Result) =>
    (...args: Args): Promise<Result> =>
      attempt(() => work(database, ...args));
  const alter = (table: string, change: string): Promise<void> =>
    attempt(() => {
      database.exec(`ALTER TABLE main.${quoteIdentifier(table)} ${change}`);
    });
  return {
    addColumn: ({ table, column, type }) => alter(table, `ADD COLUMN ${quoteIdentifier(column)} ${type}`),
    async dropColumn({ table, column }) {
      const { columns } = readShape(database, table);
      if (!columns.some(({ name }) => name === column)) return;
      const drop = (): Promise<void> => alter(table, `DROP COLUMN ${quoteIdentifier(column)}`);
      await drop().catch(async (error: unknown) => {
        if (!isStatementRefused(error)) throw error;
        refuseKeepers({ table, column }, listDependants(database, { table, column }));
        await withoutBroken(database, drop).catch((last: unknown) => {
          throw isStatementRefused(last) ? columnStays({ table, column }, [], last) : last;
        });
      });
    },
    refuseKeepers: attempted((open, column: PlacedColumn) => {
      refuseKeepers(column, listDependants(open, column));
    }),
    watch: attempted((open, pair: PairRecord) => {
      requireKeys(open, pair);
      createMarkTriggers(open, pair);
    }),
    watchState: attempted((open, pair: PairRecord) => (isWatched(open, pair) ? 'kept' : 'lost')),
    prefer: attempted(prefer),
    freeze: attempted(createFreezeTriggers),
    unwatch: attempted(dropPairTriggers),
    // A transaction that may write is alone on the file already.
    lock: () => Promise.resolve(),
    forgetStray: attempted(forgetStrayMarks),
    retire: attempted(retireColumn),
    readd: attempted(readdColumn),
    restore: attempted(restoreColumn),
    fingerprint: (table) => attempt(() => describeTable(database, table).fingerprint),
  };
}
