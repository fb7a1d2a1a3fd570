import type Database from 'better-sqlite3';

/** What foreign keys of other columns do to a table; names of columns in lower case. */
export interface IncomingReferences {
  /** Columns whose rewriting sets the cells that refer to them to NULL or to their default. */
  readonly emptied: readonly string[];
  /** Columns whose rewriting is refused at the end of the transaction, where no single row can be told apart. */
  readonly refusedLate: readonly string[];
}

interface ReferenceRow {
  readonly column: string | null;
  readonly action: string;
  readonly sql: string;
}

/** SQLite tells everything about a foreign key but this. */
const deferred = /\bINITIALLY\s+DEFERRED\b/iu;

/** Reads the foreign keys that refer to a table. One that names no column means the primary key. */
export function readIncomingReferences(
  database: Database.Database,
  table: string,
  primaryKey: readonly string[],
): IncomingReferences {
  const references = database
    .prepare<[string], ReferenceRow>(
      `SELECT reference."to" AS column, reference.on_update AS action, referring.sql AS sql
       FROM sqlite_schema AS referring JOIN pragma_foreign_key_list(referring.name) AS reference
       WHERE referring.type = 'table' AND lower(reference."table") = lower(?) ORDER BY 1`,
    )
    .all(table);
  const columnsWhere = (matches: (reference: ReferenceRow) => boolean): readonly string[] => {
    const names = references.filter(matches).flatMap(({ column }) => column ?? primaryKey);
    return [...new Set(names.map((name) => name.toLowerCase()))];
  };
  return {
    emptied: columnsWhere(({ action }) => action === 'SET NULL' || action === 'SET DEFAULT'),
    refusedLate: columnsWhere(({ action, sql }) => action === 'NO ACTION' && deferred.test(sql)),
  };
}

/**
 * Puts each table behind those whose cells its own follow (`ON UPDATE CASCADE`): walked first, it would be changed
 * to cells that its parent does not have. Keeps the order otherwise.
 */
export function parentsFirst(database: Database.Database, tables: readonly string[]): readonly string[] {
  const references = database
    .prepare<[], { child: string; parent: string }>(
      `SELECT DISTINCT lower(referring.name) AS child, lower(reference."table") AS parent
       FROM sqlite_schema AS referring JOIN pragma_foreign_key_list(referring.name) AS reference
       WHERE referring.type = 'table' AND reference.on_update = 'CASCADE'`,
    )
    .all();
  const ordered = new Set<string>();
  const visited = new Set<string>();
  const visit = (table: string): void => {
    const name = table.toLowerCase();
    if (visited.has(name)) return;
    visited.add(name);
    const parents = references.filter(({ child }) => child === name).map(({ parent }) => parent);
    for (const one of tables) if (parents.includes(one.toLowerCase())) visit(one);
    ordered.add(table);
  };
  for (const table of tables) visit(table);
  return [...ordered];
}
