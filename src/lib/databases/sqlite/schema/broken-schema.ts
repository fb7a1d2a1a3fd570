import type Database from 'better-sqlite3';
import { quoteIdentifier } from '../../quote-identifier.ts';

/** A view or a trigger that SQLite names where a table cannot be altered. */
interface Refusing {
  readonly kind: 'view' | 'trigger';
  readonly name: string;
}

/** What SQLite says about something that does not survive the loss of a column. */
const refusal = /^error in (?<kind>view|trigger) (?<name>[\s\S]*?)(?: after drop column)?: /u;

/** Runs a statement that drops a column; gives what SQLite names as being in the way, undefined where it names nothing. */
export function refusedBy(database: Database.Database, sql: string): Refusing | undefined {
  try {
    database.exec(sql);
    return undefined;
  } catch (error) {
    const { kind, name = '' } = refusal.exec((error as Error).message)?.groups ?? {};
    return kind === 'view' || kind === 'trigger' ? { kind, name } : undefined;
  }
}

/**
 * Drops the views and triggers that name what is not there: they are no part of any column, and keep SQLite from dropping every
 * one. Returns the statements that make them again, in their order.
 */
export function takeOutBroken(database: Database.Database): readonly string[] {
  const statements: string[] = [];
  const probe = 'ALTER TABLE main.keyturn_probe DROP COLUMN dropped';
  database.exec('CREATE TABLE main.keyturn_probe(kept, dropped)');
  for (let found = refusedBy(database, probe); found !== undefined; found = refusedBy(database, probe)) {
    statements.push(...definitionsOf(database, found));
    database.exec(`DROP ${found.kind} main.${quoteIdentifier(found.name)}`);
  }
  database.exec('DROP TABLE main.keyturn_probe');
  return statements;
}

/** A view takes its own triggers along. */
function definitionsOf(database: Database.Database, { kind, name }: Refusing): readonly string[] {
  return database
    .prepare<[string, string, string], string>(
      `SELECT sql FROM main.sqlite_schema WHERE (type = ? AND name = ?) OR (type = 'trigger' AND tbl_name = ?)
       ORDER BY type DESC, rowid`,
    )
    .pluck()
    .all(kind, name, kind === 'view' ? name : '');
}
