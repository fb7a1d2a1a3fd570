import type { TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { ValueRefusal } from '../../databases/target-table.ts';
import type { RowKey } from '../../model/cells/row-batch.ts';
import { isCompound, type CellValue, type StoredValue } from '../../model/cells/stored-value.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { PlacedColumn } from '../../model/columns/placed-column.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';

/** How many rows of a table are tried, and how much content they may have. */
const triedRows = { rows: 16, bytes: 256 * 1024 };

/** The cell of a value; undefined where it gets none. */
type Sealer = (value: StoredValue) => CellValue | undefined;

/**
 * Throws `KT_CELLS_REFUSED` (exit 2) where the schema of a table refuses the cell of every row that is tried; returns a sentence for
 * each rule that refuses some. Reads only: triggers, which could do anything, are not asked.
 */
export async function refuseRefusedCells(
  database: TargetDatabase,
  tables: readonly TableDescription[],
  seal: Sealer,
): Promise<readonly string[]> {
  const warnings: string[] = [];
  for (const { table, columns, rows } of tables) {
    const remedies = [...(rows === 'lasting' ? [intoAnother] : []), otherSchema];
    for (const { name: column } of columns) {
      const values = await sealSome(database, { table, column }, seal);
      const refusals = await database.openTable(table, [column]).findRefusals(column, values);
      for (const refusal of refusals)
        warnings.push(judge({ table, column }, { ...refusal, tried: values.size, remedies }));
    }
  }
  return warnings;
}

async function sealSome(
  database: TargetDatabase,
  { table, column }: PlacedColumn,
  seal: Sealer,
): Promise<ReadonlyMap<RowKey, CellValue>> {
  const { keys, columns } = await database.openTable(table, [column]).readSample(triedRows);
  const cells = keys.flatMap((key, row): readonly (readonly [RowKey, CellValue])[] => {
    const value = columns[0]?.[row] ?? null;
    const cell = isCompound(value) ? undefined : seal(value);
    return cell === undefined ? [] : [[key, cell]];
  });
  return new Map(cells);
}

const intoAnother = "put the cells into another column: --into '{column}_encrypted'";
const otherSchema = 'let the schema take cells as well, then run the same command again';

/** A refusal, and of how many cells that were tried. */
interface TriedRefusal extends ValueRefusal {
  readonly tried: number;
  readonly remedies: readonly string[];
}

function judge(column: PlacedColumn, { by, rows, tried, remedies }: TriedRefusal): string {
  const name = renderColumnName(column);
  if (rows < tried)
    return `${name}: ${by} refuses the cells of ${rows} of ${tried} rows tried: such cells are quarantined`;
  const each = tried === 1 ? 'in the only row tried' : `in each of the ${tried} rows tried`;
  throw new KeyturnError({
    code: 'KT_CELLS_REFUSED',
    reason: 'usage',
    message: `cells cannot stand in column ${name}: ${by} refuses them, ${each}`,
    hints: remedies,
  });
}
