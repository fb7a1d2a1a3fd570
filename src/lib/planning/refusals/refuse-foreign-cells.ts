import type { TargetDatabase } from '../../databases/target-database.ts';
import { closedCells } from '../../model/column-census.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Plan } from '../../model/plan.ts';
import { renderColumnName } from '../../model/column-name.ts';
import { inspectColumns } from '../inspect-columns.ts';
import { displacedHints } from './refuse-plan.ts';
import type { RotationCiphers } from '../rotation-ciphers.ts';

/**
 * Throws where cells stand in a plan's columns, and neither of its keys opens one of them (exit 12): somebody has
 * rotated them to another key since the plan was made. A run could but quarantine every cell. Samples, reads only.
 */
export async function refuseForeignCells(
  database: TargetDatabase,
  plan: Plan,
  { ciphers, hints }: { readonly ciphers: RotationCiphers; readonly hints: readonly string[] },
): Promise<void> {
  const descriptions = await database.listTables();
  const tables = plan.targets.flatMap((target) => {
    const description = descriptions.find(({ table }) => table === target.table);
    if (description === undefined) return [];
    const planned = new Set(target.columns.map(({ name }) => name));
    return [{ ...description, columns: description.columns.filter(({ name }) => planned.has(name)) }];
  });
  const inspections = await inspectColumns(database, { tables, ciphers });
  const inspected = inspections.flatMap(({ description, columns }) =>
    columns.map((column) => ({ table: description.table, ...column })),
  );
  const foreign = inspected.filter(({ cells }) => closedCells(cells) > 0);
  if (foreign.length === 0 || inspected.some(({ cells }) => cells.old + cells.new > 0)) return;
  const names = foreign.map(({ table, description }) =>
    renderColumnName({ table, column: description.name }),
  );
  throw new KeyturnError({
    code: 'KT_WRONG_KEY',
    reason: 'wrongKey',
    message: `neither key ${plan.oldKey?.id ?? 'none'} nor key ${plan.newKey?.id ?? 'none'} opens any cell of ${names.join(', ')}`,
    hints: [...hints, ...(foreign.some(({ cells }) => cells.displaced > 0) ? displacedHints : [])],
  });
}
