import type Database from 'better-sqlite3';
import { SqliteDialect, type Dialect } from 'kysely';

/** Lets the ledger's statements run on the connection that carries the rows; each text is prepared once. */
export function ledgerDialect(database: Database.Database): Dialect {
  const statements = new Map<string, Database.Statement>();
  return new SqliteDialect({
    database: {
      close: () => undefined,
      prepare(sql) {
        const statement = statements.get(sql) ?? database.prepare(sql);
        statements.set(sql, statement);
        return statement;
      },
    },
  });
}
