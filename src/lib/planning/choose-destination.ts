import type { ColumnDescription, TableDescription, TargetDatabase } from '../databases/target-database.ts';
import type { CellFormat } from '../formats/cell-format.ts';
import type { DatabaseIdentity } from '../model/database-identity.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import type { Plan, PlannedDestination } from '../model/plan.ts';
import type { PlainType } from '../model/plain-type.ts';
import type { CellClass } from '../model/stored-value.ts';
import { renderColumnName } from './column-name.ts';
import { walkTable } from './walk-table.ts';

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
  if (column.toLowerCase() === name.toLowerCase()) throw sameName(pattern);
  const alike = plain === 'blob' ? 'blob' : 'text';
  const cells = format.classes.includes(alike) ? alike : (format.classes[0] ?? 'text');
  return { column, type: roomy[database][cells], sourceType: declaredType, cells };
}

/** Throws where the values of a table's columns cannot go into others (exit 2). */
export function refuseUnmarkable({ table, rows }: TableDescription): void {
  if (rows === 'lasting') return;
  throw new KeyturnError({
    code: 'KT_UNWRITABLE_COLUMN',
    reason: 'usage',
    message: `values of table "${table}" cannot go into another column: without a primary key its rows cannot be told apart for good`,
    hints: ['give the table a primary key', 'encrypt in place: leave --into out'],
  });
}

/** Throws where a column that cells are to go into has content, or is no column for cells (exit 2). */
export async function refuseTakenColumns(database: TargetDatabase, { targets }: Plan): Promise<void> {
  const tables = await database.listTables();
  for (const { table, columns } of targets) {
    const names = new Set<string>();
    for (const { into } of columns) {
      if (into === undefined) continue;
      const there = tables
        .find((one) => one.table === table)
        ?.columns.find(({ name }) => name.toLowerCase() === into.column.toLowerCase());
      const isFree = there === undefined || (await isEmptyColumn(database, table, there));
      if (!isFree || names.has(into.column)) throw taken(renderColumnName({ table, column: into.column }));
      names.add(into.column);
    }
  }
}

async function isEmptyColumn(
  database: TargetDatabase,
  table: string,
  { name, kind, holds }: ColumnDescription,
): Promise<boolean> {
  if (kind !== 'ordinary' || holds !== 'cells') return false;
  for await (const { columns } of walkTable(database.openTable(table, [name]))) {
    if (columns[0]?.some((cell) => cell !== null) === true) return false;
  }
  return true;
}

function taken(column: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_COLUMN_TAKEN',
    reason: 'usage',
    message: `cells cannot go into column ${column}: it is there already, and is not an empty column for text or bytes`,
    hints: ["choose another name: --into '{column}_cells'"],
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
