import type { PairRecord } from '../../../model/schema/column-pair.ts';
import { columnStays, refuseKeepers } from '../../column-stays.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { ColumnPairs } from '../../schema-changes.ts';
import { errorCodeOf, tableGone } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import { listDependants } from '../schema/column-dependants.ts';
import { describeTable, readShapes } from '../schema/schema.ts';
import type { TableShape } from '../schema/table-shape.ts';
import { freezeTriggers } from './freeze-triggers.ts';
import { markKeyOf } from './mark-key.ts';
import { markTriggers, readWatchState } from './mark-triggers.ts';
import { dropTriggers, type WatchedPair } from './pair-triggers.ts';
import { readdColumn, restoreColumn, retireColumn } from './retired-column.ts';

/** What the server says where something else is made of what is to be dropped. */
const dependentObjects = '2BP01';

/** What sessions of ours keep the server from, for the rest of a transaction. */
function planAs(choice: 'on' | 'off'): string {
  return ['seqscan', 'hashjoin'].map((way) => `SET LOCAL enable_${way} = ${choice}`).join('; ');
}

/** Changes the schema around pairs of columns, in the transaction that is open on the session. */
export function createColumnPairs(session: PostgresSession, ledgerSchema: string): ColumnPairs {
  const shapeOf = async (table: string): Promise<TableShape> => {
    const shape = (await readShapes(session, ledgerSchema)).find((one) => one.table === table);
    if (!shape) throw tableGone(table);
    return shape;
  };
  const run = async (text: string): Promise<void> => {
    await session.script(text);
  };
  const alter = async (table: string, change: string): Promise<void> =>
    run(`ALTER TABLE ${(await shapeOf(table)).sqlName} ${change}`);
  const watched = async (pair: PairRecord): Promise<WatchedPair> => ({
    pair,
    ledgerSchema,
    shape: await shapeOf(pair.table),
  });
  return {
    addColumn: ({ table, column, type }) => alter(table, `ADD COLUMN ${quoteIdentifier(column)} ${type}`),
    async dropColumn({ table, column }) {
      try {
        await alter(table, `DROP COLUMN IF EXISTS ${quoteIdentifier(column)}`);
      } catch (error) {
        throw errorCodeOf(error) === dependentObjects ? columnStays({ table, column }, [], error) : error;
      }
    },
    async refuseKeepers(column) {
      refuseKeepers(column, await listDependants(session, await shapeOf(column.table), column.column));
    },
    watch: async (pair) => run(markTriggers(await watched(pair))),
    watchState: async (pair) => readWatchState(session, await watched(pair)),
    async prefer({ id, table, plaintext, cells }, side) {
      const shape = await shapeOf(table);
      const [plain, sealed] = [quoteIdentifier(plaintext), quoteIdentifier(cells)];
      await run(`INSERT INTO ${quoteIdentifier(ledgerSchema)}.keyturn_mark(pair_id, row_key, side)
        SELECT ${id}, ${markKeyOf(shape, 'target')}, '${side}' FROM ONLY ${shape.sqlName} AS target
        WHERE target.${plain} IS DISTINCT FROM NULL AND target.${sealed} IS NOT NULL ON CONFLICT DO NOTHING`);
    },
    freeze: async (pair, side) => run(freezeTriggers(await watched(pair), side)),
    unwatch: (pair, which) => run(dropTriggers(ledgerSchema, pair, which)),
    lock: async (table) => run(`LOCK TABLE ONLY ${(await shapeOf(table)).sqlName} IN ACCESS EXCLUSIVE MODE`),
    async forgetStray(pair) {
      const shape = await shapeOf(pair.table);
      // Nothing else locks rows meanwhile: this may be joined as the server likes, and without that takes minutes.
      await run(`${planAs('on')}; DELETE FROM ${quoteIdentifier(ledgerSchema)}.keyturn_mark WHERE pair_id = ${pair.id} AND NOT EXISTS (
        SELECT FROM ONLY ${shape.sqlName} AS target WHERE ${markKeyOf(shape, 'target')} = row_key); ${planAs('off')}`);
    },
    retire: async (pair, kind) => retireColumn(session, { shape: await shapeOf(pair.table), pair }, kind),
    readd: async (pair, retired) => readdColumn(session, { shape: await shapeOf(pair.table), pair }, retired),
    restore: (pair, retired) => restoreColumn(session, pair, retired),
    fingerprint: async (table) => describeTable(await shapeOf(table)).fingerprint,
  };
}
