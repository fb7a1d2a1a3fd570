import type { TableDescription } from '../../databases/table-description.ts';
import type { Pass } from '../../ledger/pass.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { isPaired } from '../../model/plans/planned-pair.ts';
import { reached } from '../../model/runs/step.ts';
import type { MigrationRun, RunningTarget } from '../migration-run.ts';

/**
 * Starts the next pass over a target from its first row; where other runs work on it, too, only if it is still the pass
 * `after` which this one follows, and joins theirs otherwise.
 */
export async function beginPass(run: MigrationRun, target: RunningTarget, after?: number): Promise<Pass> {
  const pass = await run.database.transaction(async (transaction) => {
    const layoutVersion = await transaction.layoutVersion(target.table);
    await transaction.ledger.holdRun(run.workerId);
    return transaction.ledger.beginPass({ targetId: target.id, layoutVersion, after });
  });
  reached('pass begun');
  return pass;
}

/**
 * Goes on after the database's layout changed under a pass. A table whose shape changed makes the plan stale
 * (exit 13); one whose rows may have got new keys is walked again from its first row.
 */
export async function takeUpChangedLayout(
  run: MigrationRun,
  target: RunningTarget,
  pass: Pass,
): Promise<Pass> {
  const layoutVersion = await run.database.transaction((transaction) =>
    transaction.layoutVersion(target.table),
  );
  const { keys } = await refuseChangedShape(run, target);
  if (keys === 'renumbering') return beginPass(run, target, pass.number);
  await run.database.transaction(async ({ ledger }) => {
    await ledger.holdRun(run.workerId);
    await ledger.noteLayout(target.id, layoutVersion);
  });
  return { number: pass.number, layoutVersion };
}

/** Throws where a target's table is gone, or is not what the plan was made for (exit 13). */
export async function refuseChangedShape(
  { database, migration }: MigrationRun,
  target: RunningTarget,
): Promise<TableDescription> {
  const tables = await database.listTables();
  const now = tables.find((table) => table.table === target.planned.table);
  if (now?.fingerprint === target.planned.fingerprint) return now;
  throw changedShape(target, migration.plan);
}

function changedShape(target: RunningTarget, plan: Plan): KeyturnError {
  return new KeyturnError({
    code: 'KT_STALE_PLAN',
    reason: 'stalePlan',
    message: `table "${target.planned.table}" was altered, dropped or given a trigger while its cells were being rewritten`,
    hints: [
      ...(isPaired(plan)
        ? ['give what was renamed its old name again', 'keyturn execute']
        : [`run the same keyturn ${plan.kind} again: it plans anew`]),
      'keyturn rollback',
    ],
  });
}
