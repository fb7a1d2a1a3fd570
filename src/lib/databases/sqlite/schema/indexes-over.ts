import type Database from 'better-sqlite3';
import { tokensOf } from './sql-tokens.ts';
import { namesColumn } from './table-definition.ts';

/** An index, and the statement that makes it. */
interface StatedIndex {
  readonly name: string;
  readonly sql: string;
}

/** Indexes that `CREATE INDEX` has made over a column; expressions and conditions that name it included. */
export function indexesOver(
  database: Database.Database,
  table: string,
  column: string,
): readonly StatedIndex[] {
  const indexes = database
    .prepare<[string], StatedIndex>(
      `SELECT name, sql FROM sqlite_schema
       WHERE type = 'index' AND lower(tbl_name) = lower(?) AND sql IS NOT NULL ORDER BY name`,
    )
    .all(table);
  return indexes.filter(({ sql }) => namesColumn(tokensOf(sql), column));
}
