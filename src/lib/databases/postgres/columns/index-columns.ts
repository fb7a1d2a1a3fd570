import { databaseIndexName, type IndexRecord } from '../../../model/columns/blind-index.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { IndexColumns } from '../../schema-changes.ts';
import { tableGone } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import { readShapes } from '../schema/schema.ts';

/** When the database's own indexes are made: in the transaction that makes their columns, or beside writers later on. */
export type IndexBuilding = 'at once' | 'concurrently';

/** Where an index is, or is to be: it is in the schema of its table. */
export interface IndexPlace {
  readonly table: string;
  readonly name: string;
}

/** Makes and drops indexes over columns of blind indexes, in the transaction that is open. Rows without one are left out. */
export function createIndexColumns(
  session: PostgresSession,
  { ledgerSchema, building }: { readonly ledgerSchema: string; readonly building: IndexBuilding },
): IndexColumns {
  const placeOf = (index: IndexRecord): Promise<IndexPlace> => placeOfIndex(session, ledgerSchema, index);
  return {
    async create(index) {
      if (building === 'at once') await session.script(creation(index, await placeOf(index), ''));
    },
    async rename(index, column) {
      const { table } = await placeOf(index);
      await session.script(
        `ALTER TABLE ${table} RENAME COLUMN ${quoteIdentifier(index.column)} TO ${quoteIdentifier(column)}`,
      );
    },
    async drop(index) {
      const found = await findIndex(session, await placeOf(index));
      if (found !== undefined) await session.script(`DROP INDEX ${found.sqlName}`);
    },
  };
}

/** The statement that makes an index; `way` is how. */
export function creation(index: IndexRecord, { table, name }: IndexPlace, way: '' | 'CONCURRENTLY'): string {
  const column = quoteIdentifier(index.column);
  const kind = index.uniqueness === 'unique' ? 'UNIQUE INDEX' : 'INDEX';
  return `CREATE ${kind} ${way} ${quoteIdentifier(name)} ON ${table}(${column}) WHERE ${column} IS NOT NULL`;
}

/** Where an index is, or is to be. */
export async function placeOfIndex(
  session: PostgresSession,
  ledgerSchema: string,
  index: IndexRecord,
): Promise<IndexPlace> {
  const shape = (await readShapes(session, ledgerSchema)).find(({ table }) => table === index.table);
  if (!shape) throw tableGone(index.table);
  return { table: shape.sqlName, name: databaseIndexName(index) };
}

/** An index that is there; `broken` where it was begun and never finished. */
export async function findIndex(
  session: PostgresSession,
  { table, name }: IndexPlace,
): Promise<{ readonly sqlName: string; readonly state: 'valid' | 'broken' } | undefined> {
  const { rows } = await session.query({
    text: `SELECT indexrelid::regclass::text, indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
           WHERE indrelid = $1::regclass AND relname = $2`,
    values: [table, name],
  });
  const [found] = rows;
  if (found === undefined) return undefined;
  return { sqlName: found[0] ?? '', state: found[1] === 't' ? 'valid' : 'broken' };
}
