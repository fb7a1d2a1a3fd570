import { databaseIndexName } from '../../../model/columns/blind-index.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { IndexColumns } from '../../schema-changes.ts';
import type { SqliteConnection } from '../connection/connection.ts';

/** Makes and drops indexes over columns of blind indexes, in the transaction that is open. Rows without one are left out. */
export function createIndexColumns(connection: SqliteConnection): IndexColumns {
  const run = (sql: string): Promise<void> =>
    connection.attempt(() => {
      connection.database.exec(sql);
    });
  return {
    create(index) {
      const [table, column] = [quoteIdentifier(index.table), quoteIdentifier(index.column)];
      const kind = index.uniqueness === 'unique' ? 'UNIQUE INDEX' : 'INDEX';
      const name = quoteIdentifier(databaseIndexName(index));
      return run(`CREATE ${kind} main.${name} ON ${table}(${column}) WHERE ${column} IS NOT NULL`);
    },
    rename: ({ table, column }, name) =>
      run(
        `ALTER TABLE main.${quoteIdentifier(table)} RENAME COLUMN ${quoteIdentifier(column)} TO ${quoteIdentifier(name)}`,
      ),
    drop: (index) => run(`DROP INDEX IF EXISTS main.${quoteIdentifier(databaseIndexName(index))}`),
  };
}
