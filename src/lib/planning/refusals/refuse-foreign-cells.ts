import type { ColumnDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import { addCensus, closedCells, emptyCensus, type ColumnCensus } from '../../model/columns/column-census.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { keyChange } from '../../model/plans/key-change.ts';
import type { Plan } from '../../model/plans/plan.ts';
import type { CensusCiphers } from '../rotation-ciphers.ts';
import { countBatch } from '../samples/count-batch.ts';
import { sampleTable } from '../samples/sample-table.ts';
import { formatsOf, openPlacedTable } from '../tables/open-placed-table.ts';
import { displacedHints } from './refuse-plan.ts';

/** With what cells are looked at, and what is known of those that no key opens. */
export interface ForeignCellsCheck {
  readonly ciphers: CensusCiphers;
  readonly hints: readonly string[];
  /** A migration that took cells of the plan's columns elsewhere since. */
  readonly later?: MigrationRecord | undefined;
}

/**
 * Throws where cells stand in a plan's columns, and none of its keys opens one of them (exit 12): somebody has taken them to
 * another key since the plan was made. A run could but quarantine every cell. Where a later migration is known to have done
 * that, some such cells are enough. Samples, reads only; returns what the sample has shown of the columns that are there.
 */
export async function refuseForeignCells(
  database: TargetDatabase,
  plan: Plan,
  check: ForeignCellsCheck,
): Promise<readonly ColumnCensus[]> {
  const descriptions = await database.listTables();
  const columns: ColumnCensus[] = [];
  for (const { table, columns: planned } of plan.targets) {
    const description = descriptions.find((one) => one.table === table);
    const present = description?.columns.filter(({ name }) => planned.some((one) => one.name === name)) ?? [];
    if (present.length > 0)
      columns.push(...(await sampleColumns(database, { table, present }, check.ciphers)));
  }
  const foreign = columns.filter(({ cells }) => closedCells(cells) > 0);
  const isOurs = columns.some(
    ({ cells }) => cells.old + cells.new > 0 || (plan.kind === 'encrypt' && cells.plaintext > 0),
  );
  if (foreign.length === 0 || (isOurs && check.later === undefined)) return columns;
  throw new KeyturnError({
    code: 'KT_WRONG_KEY',
    reason: 'wrongKey',
    message: `${keysOf(plan)} ${isOurs ? 'all cells' : 'any cell'} of ${foreign.map(renderColumnName).join(', ')}${since(check)}`,
    hints: [...check.hints, ...(foreign.some(({ cells }) => cells.displaced > 0) ? displacedHints : [])],
  });
}

function keysOf({ oldKey, newKey }: Plan): string {
  if (oldKey && newKey) return `neither key ${oldKey.id} nor key ${newKey.id} opens`;
  return `key ${(oldKey ?? newKey)?.id ?? 'none'} does not open`;
}

function since({ later }: ForeignCellsCheck): string {
  return later === undefined ? '' : `: migration ${later.id} took them ${keyChange(later.plan)} since`;
}

async function sampleColumns(
  database: TargetDatabase,
  { table, present }: { readonly table: string; readonly present: readonly ColumnDescription[] },
  ciphers: CensusCiphers,
): Promise<readonly ColumnCensus[]> {
  const names = present.map(({ name }) => name);
  const places = present.map(({ place }) => place);
  const opened = openPlacedTable(database, { table, columns: names }, formatsOf(ciphers));
  let counts = names.map(() => emptyCensus);
  for await (const batch of sampleTable(opened, await opened.countRows())) {
    const more = countBatch({ ...batch, places }, ciphers);
    counts = counts.map((sum, index) => addCensus(sum, more[index] ?? emptyCensus));
  }
  return names.map((column, index) => ({ table, column, cells: counts[index] ?? emptyCensus }));
}
