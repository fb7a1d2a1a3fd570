import type { TargetDatabase } from '../../databases/target-database.ts';
import type { CellFormat } from '../../formats/cell-format.ts';
import { isCellValue, separateValues, type CellValue } from '../../model/cells/stored-value.ts';
import type { ColumnName } from '../../model/columns/column-name.ts';
import { refuseRelations } from '../refusals/refuse-relations.ts';
import { sampleTable } from '../samples/sample-table.ts';
import { selectColumns, type ColumnFilter } from './select-columns.ts';

/** A format that cells look like, and where they stand. */
export interface DetectedFormat {
  readonly format: CellFormat;
  readonly columns: readonly ColumnName[];
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
  await database.refuseUnreadableTexts?.();
  const tables = await database.listTables();
  await refuseRelations(database, [...filter.tables, ...filter.columns], tables);
  const selection = selectColumns(filter, tables);
  const found = new Map<CellFormat, ColumnName[]>(formats.map((format) => [format, []]));
  for (const description of tables) {
    const { table } = description;
    const columns = description.columns
      .map(({ name }) => name)
      .filter((name) => ['named', 'selected'].includes(selection(table, name)));
    const alike = await formatsOfColumns(database, { table, columns, formats });
    columns.forEach((column, index) => {
      for (const format of alike[index] ?? []) found.get(format)?.push({ table, column });
    });
  }
  return [...found].flatMap(([format, columns]) => (columns.length === 0 ? [] : [{ format, columns }]));
}

interface ColumnsToSample {
  readonly table: string;
  readonly columns: readonly string[];
  readonly formats: readonly CellFormat[];
}

/** For each column the formats that a sample of it looks like. Counts as it reads, because cells may be huge. */
async function formatsOfColumns(
  database: TargetDatabase,
  { table, columns, formats }: ColumnsToSample,
): Promise<readonly (readonly CellFormat[])[]> {
  if (columns.length === 0) return [];
  const opened = database.openTable(table, columns);
  const counts = columns.map(() => formats.map(() => nothingSeen));
  for await (const batch of sampleTable(opened, await opened.countRows())) {
    counts.forEach((ofColumn, index) => {
      const cells = separateValues(batch.columns[index] ?? []).filter(isCellValue);
      formats.forEach((format, place) => {
        ofColumn[place] = countAlike(ofColumn[place] ?? nothingSeen, format, cells);
      });
    });
  }
  return counts.map((ofColumn) =>
    formats.filter((format, place) => looksLike(format, ofColumn[place] ?? nothingSeen)),
  );
}

/** How many values of a column could be cells, how many look like cells of one format, and how many of those are text. */
interface Likeness {
  readonly possible: number;
  readonly alike: number;
  readonly alikeTexts: number;
}

const nothingSeen: Likeness = { possible: 0, alike: 0, alikeTexts: 0 };

function countAlike(seen: Likeness, format: CellFormat, cells: readonly CellValue[]): Likeness {
  const alike = cells.filter((cell) => format.recognises(cell));
  const texts = alike.filter((cell) => typeof cell === 'string');
  return {
    possible: seen.possible + cells.length,
    alike: seen.alike + alike.length,
    alikeTexts: seen.alikeTexts + texts.length,
  };
}

function looksLike({ detection }: CellFormat, { possible, alike, alikeTexts }: Likeness): boolean {
  if (detection === 'by content' && alikeTexts > 0) return true;
  return alike > 0 && alike >= possible * telltalePart;
}
