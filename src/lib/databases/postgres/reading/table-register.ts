import { openedName } from '../../../model/columns/opened-column.ts';
import type { TargetDatabase } from '../../target-database.ts';
import type { TargetTable } from '../../target-table.ts';
import type { Capabilities } from '../connection/capabilities.ts';
import { tableGone } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import { readShapes } from '../schema/schema.ts';
import type { TableShape } from '../schema/table-shape.ts';
import type { Lane } from '../transactions/lane.ts';
import { createTableQuery, type TableQuery } from './table-query.ts';
import { openTableReader } from './table-reader.ts';

/** The tables of a database that were opened, with what stands behind each. */
export interface TableRegister {
  readonly open: TargetDatabase['openTable'];
  readonly shapeOf: (session: PostgresSession, table: string) => Promise<TableShape>;
  queryOf(table: TargetTable, session: PostgresSession): Promise<TableQuery>;
}

/** What tables are read through, and what they are read without. */
interface Surroundings {
  readonly readingLane: Lane;
  readonly ledgerSchema: string;
  readonly capabilities: Capabilities;
}

/** Remembers what stands behind each table that was handed out; the catalogue is asked once for all of them. */
export function createTableRegister({
  readingLane,
  ledgerSchema,
  capabilities,
}: Surroundings): TableRegister {
  const queries = new WeakMap<TargetTable, (session: PostgresSession) => Promise<TableQuery>>();
  let shapes: readonly TableShape[] = [];

  async function shapeOf(session: PostgresSession, table: string): Promise<TableShape> {
    const find = (): TableShape | undefined => shapes.find((shape) => shape.table === table);
    if (!find()) shapes = await readShapes(session, ledgerSchema);
    const found = find();
    if (!found) throw tableGone(table);
    return found;
  }

  return {
    shapeOf,
    open(table, columns, canonicalKeys = 'ignored') {
      let prepared: TableQuery | undefined;
      const prepare = async (session: PostgresSession): Promise<TableQuery> =>
        (prepared ??= createTableQuery(await shapeOf(session, table), {
          columns,
          canonicalKeys,
          ledgerSchema,
          capabilities,
        }));
      const reader = openTableReader(readingLane, { table, columns: columns.map(openedName) }, prepare);
      queries.set(reader, prepare);
      return reader;
    },
    queryOf(table, session) {
      const prepare = queries.get(table);
      if (!prepare) throw new Error(`table "${table.table}" was opened by another database`);
      return prepare(session);
    },
  };
}
