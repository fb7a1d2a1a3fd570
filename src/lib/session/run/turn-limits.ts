import type { TargetDatabase } from '../../databases/target-database.ts';
import type { OpenedRun } from '../../engine/runs/open-run.ts';
import type { SpeedLimits } from '../../model/runs/speed-limits.ts';
import { currentRunner } from '../database/run-owner.ts';

/** Writes the limits that the operator gives with the run into the ledger, where others can see and turn them. */
export async function turnLimits(
  database: TargetDatabase,
  opened: OpenedRun,
  limits: Partial<SpeedLimits>,
): Promise<OpenedRun> {
  const { migration } = opened;
  const { orders } = migration;
  const names = Object.keys(limits) as (keyof SpeedLimits)[];
  if (names.every((name) => limits[name] === orders.limits[name])) return opened;
  const { actor } = currentRunner();
  await database.transaction(({ ledger }) => ledger.limitSpeed({ migration, limits, actor }));
  return {
    ...opened,
    migration: { ...migration, orders: { ...orders, limits: { ...orders.limits, ...limits } } },
  };
}
