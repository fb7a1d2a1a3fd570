import type { TargetDatabase } from '../../databases/target-database.ts';
import { lookUpColumns } from '../../engine/schema-changes/existing-columns.ts';
import { findIndex, type IndexRecord } from '../../model/columns/blind-index.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import type { Plan, PlannedTarget } from '../../model/plans/plan.ts';
import { refuseOtherShape } from '../../planning/check-plan.ts';

/** The database of a rehearsal as it is, and as it is rehearsed on. */
interface RehearsedOn {
  readonly database: TargetDatabase;
  readonly rehearsal: TargetDatabase;
}

/**
 * A plan for a rehearsal, which makes no column. Columns of blind indexes that somebody has dropped since, and that a run would make again
 * (`remakeIndexes`), are made in a transaction that rolls back: where their table is what it was with them, the plan takes it as it
 * is without them. Throws where it is not (exit 13).
 */
export async function rehearsedPlan({ database, rehearsal }: RehearsedOn, plan: Plan): Promise<Plan> {
  const exists = await lookUpColumns(database);
  const known = await database.ledger.listIndexes();
  const targets: PlannedTarget[] = [];
  for (const target of plan.targets) {
    const lost = indexesOf(target, known).filter(({ table, column }) => !exists(table, column));
    if (lost.length > 0) await tryWith(rehearsal, plan, { target, lost });
    targets.push(lost.length === 0 ? target : await asItIs(database, target));
  }
  return { ...plan, targets };
}

/** The indexes of a table as the ledger knows them; of one whose columns go into others, none: it may be altered meanwhile. */
function indexesOf({ table, columns }: PlannedTarget, known: readonly IndexRecord[]): readonly IndexRecord[] {
  if (columns.some(({ into }) => into !== undefined)) return [];
  return columns.flatMap(indexesKept).flatMap((index) => findIndex(known, table, index) ?? []);
}

async function tryWith(
  rehearsal: TargetDatabase,
  plan: Plan,
  { target, lost }: { readonly target: PlannedTarget; readonly lost: readonly IndexRecord[] },
): Promise<void> {
  await rehearsal.transaction(async ({ pairs }) => {
    for (const { table, column, type } of lost) await pairs.addColumn({ table, column, type });
    refuseOtherShape(plan, target, await pairs.fingerprint(target.table));
  });
}

async function asItIs(database: TargetDatabase, target: PlannedTarget): Promise<PlannedTarget> {
  const description = (await database.listTables()).find(({ table }) => table === target.table);
  return description === undefined ? target : { ...target, fingerprint: description.fingerprint };
}
