import type Database from 'better-sqlite3';
import { quoteIdentifier } from '../../quote-identifier.ts';

const prefix = 'keyturn_rowids_';

/**
 * Tables to whose rows VACUUM gives other rowids: without an INTEGER PRIMARY KEY and without any index. An application
 * that remembers rowids would look at the wrong rows.
 */
function tablesWithLooseRowids(database: Database.Database): readonly string[] {
  return database
    .prepare<[], string>(
      `SELECT name FROM pragma_table_list AS list WHERE schema = 'main' AND type IN ('table', 'shadow') AND wr = 0
         AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND NOT EXISTS (SELECT 1 FROM pragma_index_list(list.name) WHERE name NOT GLOB '${prefix}*')
         AND (SELECT count(*) FROM pragma_table_info(list.name) WHERE pk > 0 AND upper(type) = 'INTEGER') <> 1`,
    )
    .pluck()
    .all();
}

/**
 * Gives each of these tables an index that holds no row: VACUUM leaves the rowids of a table alone that has an index,
 * whichever it is. A test holds the bundled SQLite to that.
 */
export function createRowidKeepers(database: Database.Database): void {
  database.transaction(() => {
    dropRowidKeepers(database);
    tablesWithLooseRowids(database).forEach((table, index) => {
      database.exec(
        `CREATE INDEX main.${prefix}${String(index)} ON ${quoteIdentifier(table)} ((1)) WHERE false`,
      );
    });
  })();
}

/** Drops them again, those of a killed scrub too. */
export function dropRowidKeepers(database: Database.Database): void {
  const names = database
    .prepare<[], string>(`SELECT name FROM sqlite_schema WHERE type = 'index' AND name GLOB '${prefix}*'`)
    .pluck()
    .all();
  for (const name of names) database.exec(`DROP INDEX main.${quoteIdentifier(name)}`);
}
