import type { ColumnDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import { separateValues, type CellValue, type StoredValue } from '../../model/cells/stored-value.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';

/** Columns of one table that are to take new cells. */
export interface WidenedTable {
  readonly table: string;
  readonly columns: readonly ColumnDescription[];
}

/** Of each column, so many of its longest values are sealed: the longest may be none that is rewritten. */
const longestValues = 20;

/** The new cells of some values, in any order; values that are not rewritten have none. */
type Sealer = (values: readonly StoredValue[]) => readonly CellValue[];

/** How cells are measured, and what else than more room would help, in words. */
interface Measuring {
  readonly seal: Sealer;
  readonly otherwise?: readonly string[];
}

/**
 * Throws `KT_CELLS_TOO_LONG` (exit 2) where a column's type limits its length, and the new cell of its longest value is
 * longer; with the statements that make room.
 */
export async function refuseLongCells(
  database: TargetDatabase,
  tables: readonly WidenedTable[],
  { seal, otherwise = [] }: Measuring,
): Promise<void> {
  const tight: TightColumn[] = [];
  for (const { table, columns } of tables) {
    for (const column of columns) tight.push(...(await measureColumn(database, { table, column, seal })));
  }
  if (tight.length === 0) return;
  throw new KeyturnError({
    code: 'KT_CELLS_TOO_LONG',
    reason: 'usage',
    message: tight.map(({ says }) => says).join('; '),
    hints: [...tight.map(({ widening }) => widening), ...otherwise],
  });
}

interface TightColumn {
  readonly says: string;
  readonly widening: string;
}

async function measureColumn(
  database: TargetDatabase,
  {
    table,
    column,
    seal,
  }: { readonly table: string; readonly column: ColumnDescription; readonly seal: Sealer },
): Promise<readonly TightColumn[]> {
  const { name, declaredType, maximumCharacters } = column;
  const { limited } = database.openTable(table, [name]);
  if (maximumCharacters === null || limited === undefined) return [];
  const cells = seal(separateValues(await limited.readLongest(name, longestValues)));
  const longest = Math.max(0, ...cells.map(({ length }) => length));
  if (longest <= maximumCharacters) return [];
  const says = `column ${renderColumnName({ table, column: name })} is ${declaredType}, and a cell of it becomes ${longest} characters long`;
  return [{ says, widening: await limited.describeWidening(name, longest) }];
}
