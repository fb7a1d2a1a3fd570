import Database from 'better-sqlite3';
import type { PlacedColumn } from '../../../model/columns/placed-column.ts';
import type { ColumnDependant } from '../../../model/schema/column-dependant.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { refusedBy, takeOutBroken } from './broken-schema.ts';
import { listForeignKeys } from './foreign-keys.ts';
import { indexesOver } from './indexes-over.ts';
import { constraintsNaming, defaultIn, findDefinition } from './table-definition.ts';
import { guardTriggers, pairTriggers } from './trigger-names.ts';
import { uniquenessOf } from './uniqueness.ts';

/** What of the schema is made of a column; see TargetDatabase. */
export function listDependants(database: Database.Database, named: PlacedColumn): readonly ColumnDependant[] {
  return [
    ...keysOver(database, named),
    ...indexesOver(database, named.table, named.column).map(({ name, sql }): ColumnDependant => {
      const whenDropped = 'goes along';
      return /^\s*CREATE\s+UNIQUE/iu.test(sql)
        ? { kind: 'unique', name, whenDropped, unique: uniquenessOf(database, { name, sql }) }
        : { kind: 'index', name, whenDropped };
    }),
    ...partsOfTable(database, named),
    ...referencesTo(database, named),
    ...viewsAndTriggersOver(database, named),
  ];
}

/** Primary keys and UNIQUE constraints, which SQLite parts with no column of. */
function keysOver(database: Database.Database, { table, column }: PlacedColumn): readonly ColumnDependant[] {
  const keys = database
    .prepare<[string, string], { index: string; origin: 'pk' | 'u'; columns: string }>(
      `SELECT list.name AS "index", list.origin, (SELECT group_concat(name, ', ') FROM pragma_index_info(list.name)) AS columns
       FROM pragma_index_list(?) AS list WHERE list.origin IN ('pk', 'u')
         AND EXISTS (SELECT 1 FROM pragma_index_info(list.name) WHERE lower(name) = lower(?)) ORDER BY 3`,
    )
    .all(table, column);
  return keys.map(({ index, origin, columns }): ColumnDependant => {
    const named = { name: `(${columns})`, whenDropped: 'keeps it' } as const;
    return origin === 'pk'
      ? { kind: 'primary key', ...named }
      : { kind: 'unique', ...named, unique: uniquenessOf(database, { name: index, sql: null }) };
  });
}

/** What the statement that made the table says of the column. */
function partsOfTable(
  database: Database.Database,
  { table, column }: PlacedColumn,
): readonly ColumnDependant[] {
  const sql = database
    .prepare<[string], string>(
      "SELECT sql FROM sqlite_schema WHERE type = 'table' AND lower(name) = lower(?)",
    )
    .pluck()
    .get(table);
  if (sql === undefined) return [];
  const constraints = constraintsNaming(sql, column).map(({ kind, name, stands }): ColumnDependant => ({
    kind,
    name,
    whenDropped: stands === 'in the column' ? 'goes along' : 'keeps it',
  }));
  const span = findDefinition(sql, column);
  // SQLite stores no new column in rows that are there: without a value of their own they would all have the default.
  const isDefaulted = span !== undefined && defaultIn(sql.slice(span.start, span.end)) !== undefined;
  return isDefaulted
    ? [...constraints, { kind: 'default', name: `of ${column}`, whenDropped: 'keeps it' }]
    : constraints;
}

/** Foreign keys of other tables. SQLite would drop what they refer to, and refuse every write to them afterwards. */
function referencesTo(
  database: Database.Database,
  { table, column }: PlacedColumn,
): readonly ColumnDependant[] {
  const incoming = listForeignKeys(database).filter(
    ({ refersTo }) => refersTo.table === table && refersTo.columns.includes(column),
  );
  const tables = [...new Set(incoming.map((key) => key.table))].sort();
  return tables.map((name) => ({ kind: 'foreign key', name: `of ${name}`, whenDropped: 'keeps it' }));
}

/**
 * Views and triggers that need the column: SQLite is asked, by dropping the column in an empty copy of the schema and
 * taking out whatever it names, again and again, until nothing is left that it names.
 */
function viewsAndTriggersOver(
  database: Database.Database,
  { table, column }: PlacedColumn,
): readonly ColumnDependant[] {
  const copy = copySchema(database);
  const found: ColumnDependant[] = [];
  try {
    takeOutBroken(copy);
    for (;;) {
      const named = refusedBy(
        copy,
        `ALTER TABLE ${quoteIdentifier(table)} DROP COLUMN ${quoteIdentifier(column)}`,
      );
      if (named === undefined) return found;
      found.push({ ...named, whenDropped: 'keeps it' });
      copy.exec(`DROP ${named.kind} ${quoteIdentifier(named.name)}`);
    }
  } finally {
    copy.close();
  }
}

/** Tables by the names of their columns alone, and the views and triggers over them; in memory, without a row. */
function copySchema(database: Database.Database): Database.Database {
  const copy = new Database(':memory:');
  const objects = database
    .prepare<[], { type: string; name: string; sql: string }>(
      `SELECT type, name, sql FROM sqlite_schema
       WHERE type IN ('table', 'view', 'trigger') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
         AND name NOT GLOB '${guardTriggers}' AND name NOT GLOB '${pairTriggers}' ORDER BY rowid`,
    )
    .all();
  const tables = objects.filter(({ type }) => type === 'table');
  for (const { name } of tables) tryToMake(copy, plainTable(database, name));
  for (const { sql } of objects.filter(({ type }) => type !== 'table')) tryToMake(copy, sql);
  return copy;
}

/** Another column stays when the one in question goes. */
function plainTable(database: Database.Database, table: string): string {
  const columns = database
    .prepare<[string], string>('SELECT name FROM pragma_table_xinfo(?)')
    .pluck()
    .all(table)
    .map(quoteIdentifier);
  return `CREATE TABLE ${quoteIdentifier(table)} (${[...columns, 'keyturn_stays'].join(', ')})`;
}

/** What cannot be made here, such as a view whose module is missing, depends on nothing that could be told. */
function tryToMake(copy: Database.Database, sql: string): void {
  try {
    copy.exec(sql);
  } catch (error) {
    if (!(error instanceof Database.SqliteError)) throw error;
  }
}
