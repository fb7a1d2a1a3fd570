import type Database from 'better-sqlite3';
import type { ForeignKey } from '../../../model/schema/foreign-key.ts';

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

/** One column of a foreign key, as SQLite tells it; `parent` is `null` where there is no such table. */
interface ForeignKeyPart {
  readonly child: string;
  readonly id: number;
  readonly column: string;
  readonly parent: string | null;
  readonly referred: string | null;
  readonly action: string;
}

/** The foreign keys of all tables, with tables and columns as those themselves are written; one that leads nowhere is left out. */
export function listForeignKeys(database: Database.Database): readonly ForeignKey[] {
  const parts = database
    .prepare<[], ForeignKeyPart>(
      `SELECT child.name AS child, part.id, part.on_update AS action, parent.name AS parent,
         (SELECT name FROM pragma_table_xinfo(child.name) WHERE lower(name) = lower(part."from")) AS column,
         (SELECT name FROM pragma_table_xinfo(parent.name)
          WHERE CASE WHEN part."to" IS NULL THEN pk = part.seq + 1 ELSE lower(name) = lower(part."to") END) AS referred
       FROM sqlite_schema AS child JOIN pragma_foreign_key_list(child.name) AS part
         LEFT JOIN sqlite_schema AS parent ON parent.type = 'table' AND lower(parent.name) = lower(part."table")
       WHERE child.type = 'table' ORDER BY child.name, part.id, part.seq`,
    )
    .all();
  const keys = Map.groupBy(parts, ({ child, id }) => JSON.stringify([child, id]));
  return [...keys.values()].flatMap(toForeignKey);
}

function toForeignKey(parts: readonly ForeignKeyPart[]): readonly ForeignKey[] {
  const [first] = parts;
  const referred = parts.flatMap((part) => part.referred ?? []);
  if (first === undefined || first.parent === null || referred.length < parts.length) return [];
  const { child: table, parent, action } = first;
  const columns = parts.map(({ column }) => column);
  const refersTo = { table: parent, columns: referred };
  return [{ table, columns, refersTo, onUpdate: onUpdate[action] ?? 'refuses' }];
}

/** By what the foreign key says; RESTRICT and NO ACTION differ in when they refuse. */
const onUpdate: Readonly<Record<string, ForeignKey['onUpdate']>> = {
  CASCADE: 'follows',
  'SET NULL': 'empties',
  'SET DEFAULT': 'empties',
};
