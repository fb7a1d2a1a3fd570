import type Database from 'better-sqlite3';

/** The module in `CREATE VIRTUAL TABLE name USING module(...)`. */
const modulePattern = /\bUSING\s+["'`[]?(?<module>\w+)/iu;

/**
 * Tells of a table's name whether a virtual table may keep its content in it although SQLite does not say so: a module
 * that is not there cannot name its shadow tables, which are called like the virtual table, with something behind.
 */
export function shadowsOfMissingModules(database: Database.Database): (table: string) => boolean {
  const known = new Set(
    database
      .prepare<[], { name: string }>('SELECT lower(name) AS name FROM pragma_module_list')
      .all()
      .map(({ name }) => name),
  );
  const prefixes = database
    .prepare<[], { name: string; sql: string }>(
      "SELECT lower(name) AS name, sql FROM sqlite_schema WHERE type = 'table' AND sql LIKE 'CREATE VIRTUAL TABLE%'",
    )
    .all()
    .filter(({ sql }) => !known.has((modulePattern.exec(sql)?.groups?.['module'] ?? '').toLowerCase()))
    .map(({ name }) => `${name}_`);
  return (table) => prefixes.some((prefix) => table.toLowerCase().startsWith(prefix));
}
