import type { TargetDatabase, TargetTransaction } from '../../databases/target-database.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { PlannedTarget } from '../../model/plans/plan.ts';
import { findPair } from '../../model/plans/planned-pair.ts';
import type { PairRecord, PairSide } from '../../model/schema/column-pair.ts';
import type { OpenedRun } from '../runs/open-run.ts';

/**
 * Makes sure that a migration which goes on knows what others have written to its pairs of columns since its last run: the
 * triggers that mark it are where they were. Where they are gone (a table that was rebuilt takes its triggers along),
 * throws `KT_WRITES_UNSEEN` (exit 5), unless it is said which side counts. A table that was altered otherwise is no
 * obstacle: its new shape is what the migration goes on with.
 */
export async function renewWatch(
  database: TargetDatabase,
  run: OpenedRun,
  preferred: PairSide | undefined,
): Promise<OpenedRun> {
  const { migration, workerId } = run;
  const { targets } = migration.plan;
  const known = await database.ledger.listPairs();
  const pairsOf = (target: PlannedTarget): readonly PairRecord[] =>
    target.columns.flatMap((column) => findPair(known, target.table, column) ?? []);
  if (targets.every((target) => pairsOf(target).length === 0)) return run;
  const there = new Set(
    (await database.listTables()).flatMap(({ table, columns }) =>
      columns.map(({ name }) => placeOf(table, name)),
    ),
  );
  const renewed = await database.transaction(async (transaction) => {
    const { ledger, pairs } = transaction;
    await ledger.holdRun(workerId);
    for (const [index, target] of targets.entries()) {
      // What has been retired is no longer marked once its migration has ended.
      const watched = pairsOf(target).filter(
        ({ retired }) => retired === null || migration.reverses === null,
      );
      if (
        watched.some(
          ({ plaintext, cells }) =>
            !there.has(placeOf(target.table, plaintext)) || !there.has(placeOf(target.table, cells)),
        )
      )
        continue;
      for (const pair of watched) await watchAgain(transaction, pair, preferred);
      const record = migration.targets[index];
      if (watched.length === 0 || record?.shape !== 'altered') continue;
      await ledger.noteFingerprint(record.id, await pairs.fingerprint(target.table));
    }
    return ledger.findMigration(migration.id);
  });
  return { ...run, migration: renewed ?? migration };
}

async function watchAgain(
  { pairs }: TargetTransaction,
  pair: PairRecord,
  preferred: PairSide | undefined,
): Promise<void> {
  if (preferred === undefined) {
    await refuseUnwatched(pairs, pair);
    return;
  }
  const state = await pairs.watchState(pair);
  if (state === 'exchanged') throw exchanged(pair);
  if (state === 'kept') return;
  await pairs.prefer(pair, preferred);
  await pairs.unwatch(pair, 'all');
  await pairs.watch(pair);
}

/** Throws `KT_WRITES_UNSEEN` (exit 5) where a pair is not watched, or was not for some time, `KT_STALE_PLAN` (exit 13) where it is another one. */
export async function refuseUnwatched(pairs: TargetTransaction['pairs'], pair: PairRecord): Promise<void> {
  const state = await pairs.watchState(pair);
  if (state === 'exchanged') throw exchanged(pair);
  if (state === 'lost') throw unseen(pair);
}

function placeOf(table: string, column: string): string {
  return JSON.stringify([table, column]);
}

function exchanged({ table, plaintext, cells }: PairRecord): KeyturnError {
  return new KeyturnError({
    code: 'KT_STALE_PLAN',
    reason: 'stalePlan',
    message:
      `"${plaintext}" and "${cells}" of table "${table}" are not the columns that values go from and to: ` +
      'they were renamed, and others are called so now; what is written meanwhile is marked all the same',
    hints: ['give the columns their old names again, then run the same command again', 'keyturn status'],
  });
}

function unseen({ table, plaintext, cells }: PairRecord): KeyturnError {
  return new KeyturnError({
    code: 'KT_WRITES_UNSEEN',
    reason: 'confirmationNeeded',
    message:
      `table "${table}" has lost the triggers that mark who writes "${plaintext}" and who writes "${cells}": it was rebuilt, or ` +
      'somebody has dropped or disabled them; where both hold a value, nobody knows which was written last',
    hints: [
      `if nobody writes "${cells}" yet: run the same command again with --prefer plaintext`,
      `if nobody writes "${plaintext}" any more: run the same command again with --prefer cells`,
    ],
  });
}
