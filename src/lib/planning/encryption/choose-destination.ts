import type { ColumnDescription, TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { CellFormat } from '../../formats/cell-format.ts';
import type { PlainType } from '../../model/cells/plain-type.ts';
import type { CellClass } from '../../model/cells/stored-value.ts';
import { findIndex, type IndexRecord } from '../../model/columns/blind-index.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { DatabaseIdentity } from '../../model/databases/database-identity.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { Plan, PlannedColumn, PlannedDestination } from '../../model/plans/plan.ts';
import { hasValues } from '../tables/has-values.ts';

/** What decides where the cells of a column go. */
interface DestinationChoice {
  /** The name, in which `{column}` and `{table}` stand for those of the source. */
  readonly pattern: string;
  readonly format: CellFormat;
  /** What its values are. */
  readonly plain: PlainType;
  readonly database: DatabaseIdentity['kind'];
}

/** Types with room for any cell, by how cells stand in them. */
const roomy: Readonly<Record<DatabaseIdentity['kind'], Readonly<Record<CellClass, string>>>> = {
  sqlite: { text: 'TEXT', blob: 'BLOB' },
  postgres: { text: 'text', blob: 'bytea' },
};

/** The column that takes the cells of another one. */
export function chooseDestination(
  table: string,
  { name, declaredType }: ColumnDescription,
  { pattern, format, plain, database }: DestinationChoice,
): PlannedDestination {
  const column = pattern.replaceAll('{column}', name).replaceAll('{table}', table);
  if (column === '' || /\{.*\}/u.test(column)) throw unusableName(pattern);
  if (column.toLowerCase() === name.toLowerCase()) throw sameName(pattern);
  const alike = plain === 'blob' ? 'blob' : 'text';
  const cells = format.classes.includes(alike) ? alike : (format.classes[0] ?? 'text');
  return { column, type: roomy[database][cells], sourceType: declaredType, cells };
}

/** Throws where the values of a table's columns cannot go into others (exit 2). */
export function refuseUnmarkable({ table, rows, partitionOf }: TableDescription): void {
  if (partitionOf !== undefined) {
    throw noOtherColumn(table, {
      reason: `it is a partition of "${partitionOf}", and a partition gets no column of its own`,
      hints: ['encrypt in place: leave --into out'],
    });
  }
  if (rows === 'lasting') return;
  const isShared = rows === 'shared';
  throw noOtherColumn(table, {
    reason: isShared
      ? 'it has its columns together with the tables that inherit from it, or it from them'
      : 'without a primary key its rows cannot be told apart for good',
    hints: [...(isShared ? [] : ['give the table a primary key']), 'encrypt in place: leave --into out'],
  });
}

function noOtherColumn(
  table: string,
  { reason, hints }: { readonly reason: string; readonly hints: readonly string[] },
): KeyturnError {
  return new KeyturnError({
    code: 'KT_UNWRITABLE_COLUMN',
    reason: 'usage',
    message: `values of table "${table}" cannot go into another column: ${reason}`,
    hints,
  });
}

/** Throws where a column that cells are to go into has content, or is no column for cells (exit 2). */
export async function refuseTakenColumns(database: TargetDatabase, { targets }: Plan): Promise<void> {
  const tables = await database.listTables();
  const known = await database.ledger.listIndexes();
  for (const { table, columns } of targets) {
    const names = new Set<string>();
    for (const column of columns.flatMap((planned) => newColumns(planned, table, known))) {
      const there = tables
        .find((one) => one.table === table)
        ?.columns.find(({ name }) => name.toLowerCase() === column.name.toLowerCase());
      const isFree = there === undefined || (await isEmptyColumn(database, table, there));
      if (!isFree) throw taken(renderColumnName({ table, column: column.name }), column);
      if (names.has(column.name)) throw takenTwice(renderColumnName({ table, column: column.name }));
      names.add(column.name);
    }
  }
}

/** A column that a run writes beside the one that it reads. */
interface NewColumn {
  readonly name: string;
  readonly takes: 'cells' | 'indexes';
}

function newColumns(
  column: PlannedColumn,
  table: string,
  known: readonly IndexRecord[],
): readonly NewColumn[] {
  const indexes = indexesKept(column).filter((index) => findIndex(known, table, index) === undefined);
  return [
    ...(column.into === undefined ? [] : [{ name: column.into.column, takes: 'cells' as const }]),
    ...indexes.map((index) => ({ name: index.column, takes: 'indexes' as const })),
  ];
}

async function isEmptyColumn(
  database: TargetDatabase,
  table: string,
  { name, kind, holds }: ColumnDescription,
): Promise<boolean> {
  return kind === 'ordinary' && holds === 'cells' && !(await hasValues(database, table, name));
}

function taken(column: string, { name, takes }: NewColumn): KeyturnError {
  return new KeyturnError({
    code: 'KT_COLUMN_TAKEN',
    reason: 'usage',
    message: `${takes === 'cells' ? 'cells' : 'blind indexes'} cannot go into column ${column}: it is there already, and is not an empty column for text or bytes`,
    hints: [
      takes === 'cells'
        ? "choose another name: --into '{column}_cells'"
        : `choose another name: --blind-index '...,column=${name}_2'`,
      'keyturn rollback   # where a migration that was given up has left it: takes it away',
    ],
  });
}

function takenTwice(column: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_COLUMN_TAKEN',
    reason: 'usage',
    message: `two columns are to go into ${column}`,
    hints: ["let each have a column of its own: --into '{column}_encrypted'"],
  });
}

function unusableName(pattern: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_COLUMN_UNNAMED',
    reason: 'usage',
    message: `--into "${pattern}" makes no name of a column: {column} and {table} are all that may stand in braces`,
    hints: ["name another one: --into '{column}_encrypted'"],
  });
}

function sameName(pattern: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_COLUMN_TAKEN',
    reason: 'usage',
    message: `--into "${pattern}" names the column itself`,
    hints: ["name another one: --into '{column}_encrypted'", 'encrypt in place: leave --into out'],
  });
}
