import type { TargetTransaction } from '../databases/target-database.ts';
import type { IndexRecord } from '../model/blind-index.ts';
import type { RunEnd } from './run-end.ts';
import type { MigrationRun } from './migration-run.ts';

/** Takes away the blind indexes of cells that are there no more; a column that was found stays, without its index. */
export async function removeIndexes(
  { ledger, pairs, indexes }: TargetTransaction,
  records: readonly IndexRecord[],
  actor: string,
): Promise<void> {
  for (const record of records) {
    const { table, column, origin } = record;
    await indexes.drop(record);
    if (origin === 'added') await pairs.dropColumn({ table, column });
    await ledger.forgetIndex(record, actor);
  }
}

/** Ends a migration that leaves columns in plaintext which had blind indexes: those go in the same transaction. */
export async function endWithoutIndexes(run: MigrationRun): Promise<RunEnd> {
  const { database, targets, runner, steering } = run;
  const known = await database.ledger.listIndexes();
  const stale = targets.flatMap(({ planned: { table, columns } }) =>
    columns
      .filter(({ to }) => to.kind === 'plaintext')
      .flatMap(({ name }) => known.filter((index) => index.table === table && index.cells === name)),
  );
  if (stale.length > 0) {
    await steering.state.moveWith('succeeded', async (transaction) => {
      await removeIndexes(transaction, stale, runner.actor);
      for (const { id, planned } of targets) {
        await transaction.ledger.noteFingerprint(id, await transaction.pairs.fingerprint(planned.table));
      }
      return stale;
    });
  }
  return { kind: 'succeeded' };
}
