import type { TargetDatabase } from '../../databases/target-database.ts';
import type { LedgerReader } from '../../ledger/ledger.ts';
import type { GuardRecord } from '../../model/schema/guard.ts';
import type { OpenedRun } from '../runs/open-run.ts';

/**
 * Ends the guards of columns that are to become plaintext, or to go: they would refuse what the application has to write
 * there, and keep the column from being dropped.
 */
export async function liftGuards(
  database: TargetDatabase,
  { migration, workerId }: OpenedRun,
  actor: string,
): Promise<void> {
  const cellsGo = migration.plan.targets.flatMap(({ table, columns }) =>
    columns.filter(({ to }) => to.kind === 'plaintext').map(({ name }) => JSON.stringify([table, name])),
  );
  const find = async (ledger: LedgerReader): Promise<readonly GuardRecord[]> =>
    (await ledger.listGuards()).filter(({ table, column }) =>
      cellsGo.includes(JSON.stringify([table, column])),
    );
  if (cellsGo.length === 0 || (await find(database.ledger)).length === 0) return;
  await database.transaction(async ({ ledger, guards }) => {
    await ledger.holdRun(workerId);
    for (const guard of await find(ledger)) {
      await guards.drop(guard.id);
      await ledger.forgetGuard(guard, actor);
    }
  });
}
