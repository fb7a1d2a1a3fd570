import type { TableDescription, TargetDatabase } from '../databases/target-database.ts';
import type { CellFormat } from '../formats/cell-format.ts';
import { isCellValue, type StoredValue } from '../model/stored-value.ts';
import type { NamedColumn } from './column-name.ts';
import { sampleTable } from './sample-table.ts';
import { selectColumns, type ColumnFilter } from './select-columns.ts';

/** A format that cells look like, and where they stand. */
export interface DetectedFormat {
  readonly format: CellFormat;
  readonly columns: readonly NamedColumn[];
}

/** Of blobs, and of formats that only a key tells for sure, so large a part of a column must look like cells. */
const telltalePart = 0.5;

/**
 * Finds out which formats the cells of the columns asked for look like, from a sample and without any key. A format
 * `by content` is found where one text is its cell; one `by key` is a guess, where most values could be.
 */
export async function detectFormats(
  database: TargetDatabase,
  formats: readonly CellFormat[],
  filter: ColumnFilter,
): Promise<readonly DetectedFormat[]> {
  const tables = await database.listTables();
  const selection = selectColumns(filter, tables);
  const found = new Map<CellFormat, NamedColumn[]>(formats.map((format) => [format, []]));
  for (const description of tables) {
    const { table } = description;
    const columns = description.columns
      .map(({ name }) => name)
      .filter((name) => ['named', 'selected'].includes(selection(table, name)));
    const values = await sampleColumns(database, description, columns);
    columns.forEach((column, index) => {
      for (const format of formats) {
        if (looksLike(format, values[index] ?? [])) found.get(format)?.push({ table, column });
      }
    });
  }
  return [...found].flatMap(([format, columns]) => (columns.length === 0 ? [] : [{ format, columns }]));
}

async function sampleColumns(
  database: TargetDatabase,
  { table }: TableDescription,
  columns: readonly string[],
): Promise<readonly (readonly StoredValue[])[]> {
  if (columns.length === 0) return [];
  const opened = database.openTable(table, columns);
  const values = columns.map((): StoredValue[] => []);
  for await (const batch of sampleTable(opened, await opened.countRows())) {
    batch.columns.forEach((column, index) => values[index]?.push(...column));
  }
  return values;
}

function looksLike(format: CellFormat, values: readonly StoredValue[]): boolean {
  const possible = values.filter(isCellValue);
  const alike = possible.filter((cell) => format.recognises(cell));
  if (format.detection === 'by content' && alike.some((cell) => typeof cell === 'string')) return true;
  return alike.length > 0 && alike.length >= possible.length * telltalePart;
}
