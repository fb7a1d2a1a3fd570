import type { TargetDatabase } from '../../databases/target-database.ts';
import type { LedgerWriter } from '../../ledger/ledger.ts';
import { isPlainConclusion } from '../../model/runs/conclusion.ts';
import type { RunLease } from '../../model/runs/run-owner.ts';
import type { MigrationRun } from '../migration-run.ts';
import { chooseConcluding, type ConcludingRun } from './joint-conclusion.ts';
import { withTerms } from './joint-runs.ts';
import { takeOverGone } from './living-runs.ts';

/** What a run does next that has nothing left to do in a pass it shares with others. */
export type Handover =
  | { readonly kind: 'last' }
  | { readonly kind: 'handed over'; readonly to: RunLease }
  /** Others live, and the migration is this run's to bring to its end. */
  | { readonly kind: 'waiting' };

/**
 * Ends this run where others work on the same migration, too: the last one to finish the pass goes on with it. One that was told
 * what to do in the end waits for the others instead; of several that do, the one that was told most stays, or the first.
 */
export async function handOver(
  database: TargetDatabase,
  {
    migration,
    runner,
    workerId,
    conclusion,
  }: Pick<MigrationRun, 'migration' | 'runner' | 'workerId' | 'conclusion'>,
): Promise<Handover> {
  return database.transaction(async ({ ledger }) => {
    await ledger.holdRun(workerId);
    const living = await takeOverGone(ledger, runner);
    const others = living.filter((lease) => lease.workerId !== workerId);
    if (others.length === 0) return { kind: 'last' };
    const heir = isPlainConclusion(conclusion)
      ? others[0]
      : await concludingHeir(ledger, { workerId, conclusion }, await withTerms(ledger, migration.id, others));
    if (!heir) return { kind: 'waiting' };
    await ledger.closeRun(workerId, 'handed over');
    return { kind: 'handed over', to: heir };
  });
}

/** The run that concludes the migration, where all of them wait for each other and this is not it. */
async function concludingHeir(
  ledger: LedgerWriter,
  own: Pick<ConcludingRun, 'workerId' | 'conclusion'>,
  others: readonly ConcludingRun[],
): Promise<RunLease | undefined> {
  const waiting = await ledger.awaitOthers(own.workerId);
  if (!others.every((other) => waiting.includes(other.workerId))) return undefined;
  const concluding = chooseConcluding([own, ...others]);
  return others.find((other) => other === concluding);
}
