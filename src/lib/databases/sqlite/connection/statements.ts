import type Database from 'better-sqlite3';

/** A prepared statement whose rows are arrays and whose integers are exact. */
export type ExactStatement = Database.Statement;

/** Prepares each SQL text once per connection. */
export interface StatementCache {
  prepare(sql: string): ExactStatement;
}

/** Statements on user tables: integers come as `bigint`, because a rowid may exceed 2^53; rows come as arrays. */
export function cacheStatements(database: Database.Database): StatementCache {
  const statements = new Map<string, ExactStatement>();
  return {
    prepare(sql) {
      let statement = statements.get(sql);
      if (!statement) {
        statement = database.prepare(sql).safeIntegers();
        if (statement.reader) statement.raw();
        statements.set(sql, statement);
      }
      return statement;
    },
  };
}
