import { databaseIndexName, type IndexRecord } from '../../model/blind-index.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import type { IndexColumns } from '../target-database.ts';
import { tableGone } from './errors.ts';
import { readShapes } from './schema.ts';
import type { PostgresSession } from './session.ts';

/** Makes and drops indexes over columns of blind indexes, in the transaction that is open. Rows without one are left out. */
export function createIndexColumns(session: PostgresSession, ledgerSchema: string): IndexColumns {
  /** The table, and the index of it: both are in one schema. */
  const namesOf = async (index: IndexRecord): Promise<{ readonly table: string; readonly name: string }> => {
    const shape = (await readShapes(session, ledgerSchema)).find(({ table }) => table === index.table);
    if (!shape) throw tableGone(index.table);
    return { table: shape.sqlName, name: databaseIndexName(index) };
  };
  return {
    async create(index) {
      const { table, name } = await namesOf(index);
      const column = quoteIdentifier(index.column);
      const kind = index.uniqueness === 'unique' ? 'UNIQUE INDEX' : 'INDEX';
      await session.script(
        `CREATE ${kind} ${quoteIdentifier(name)} ON ${table}(${column}) WHERE ${column} IS NOT NULL`,
      );
    },
    async rename(index, column) {
      const { table } = await namesOf(index);
      await session.script(
        `ALTER TABLE ${table} RENAME COLUMN ${quoteIdentifier(index.column)} TO ${quoteIdentifier(column)}`,
      );
    },
    async drop(index) {
      const { table, name } = await namesOf(index);
      await session.script(`DO $keyturn$
        DECLARE found regclass := (SELECT indexrelid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid
          WHERE indrelid = '${table.replaceAll("'", "''")}'::regclass AND relname = '${name}');
        BEGIN IF found IS NOT NULL THEN EXECUTE 'DROP INDEX ' || found::text; END IF; END $keyturn$`);
    },
  };
}
