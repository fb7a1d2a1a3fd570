import type { TargetDatabase } from '../../databases/target-database.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { PlacedColumn } from '../../model/columns/placed-column.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { Plan, PlannedColumn } from '../../model/plans/plan.ts';
import { columnOfCells, findPair } from '../../model/plans/planned-pair.ts';
import { adviceOnUnique, type ColumnDependant } from '../../model/schema/column-dependant.ts';

/** A column that is to lose its plaintext, and what lets none of its values be there twice. */
interface UniqueColumn extends PlacedColumn {
  readonly unique: readonly ColumnDependant[];
}

/** Throws where nothing would keep equal values of a column apart once its plaintext is gone (exit 2). */
export async function refuseLostUniqueness(
  database: TargetDatabase,
  { targets }: Plan,
  column: UniqueColumn,
): Promise<void> {
  const planned = targets
    .find(({ table }) => table === column.table)
    ?.columns.find(({ name }) => name === column.column);
  if (column.unique.length === 0 || planned === undefined) return;
  if (await isKeptApart(database, column.table, planned)) return;
  const isBegun = findPair(await database.ledger.listPairs(), column.table, planned) !== undefined;
  throw uniquenessLost(column, isBegun ? 'begun' : 'not begun');
}

/** Whether something unique is made of a blind index of the column: by keyturn, now or with the plan, or by somebody else. */
async function isKeptApart(database: TargetDatabase, table: string, column: PlannedColumn): Promise<boolean> {
  if (indexesKept(column).some(({ uniqueness }) => uniqueness === 'unique')) return true;
  const cells = columnOfCells(column);
  for (const index of await database.ledger.listIndexes()) {
    if (index.table !== table || index.cells !== cells) continue;
    const dependants = await database.listDependants({ table, column: index.column });
    if (dependants.some(({ kind }) => kind === 'unique')) return true;
  }
  return false;
}

/** Where nothing has begun, a rollback would take back some earlier migration. */
function uniquenessLost(column: UniqueColumn, encryption: 'begun' | 'not begun'): KeyturnError {
  const first =
    encryption === 'begun'
      ? 'keyturn rollback   # then encrypt again, and'
      : 'type the same keyturn encrypt, and';
  const names = column.unique.map(({ name }) => `"${name}"`).join(', ');
  const advice = new Set(column.unique.flatMap(({ unique }) => adviceOnUnique(unique, column) ?? []));
  return new KeyturnError({
    code: 'KT_UNIQUENESS_LOST',
    reason: 'usage',
    message: `column ${renderColumnName(column)} is unique (${names}), and nothing would keep equal values apart once its plaintext is gone`,
    hints: [
      ...[...advice].map((sentence) => `${first} ${sentence}`),
      'run the same command again with --drop-unique: the application keeps equal values apart, or may have them',
    ],
  });
}
