import type { TargetTransaction } from '../../databases/target-database.ts';
import type { IndexRecord } from '../../model/columns/blind-index.ts';
import type { MigrationRun } from '../migration-run.ts';

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

/**
 * Takes away, with the end of a migration, the blind indexes of columns that are plaintext now, and those that were to take the
 * place of others, and that this migration does not make.
 */
export async function removeStaleIndexes(run: MigrationRun, transaction: TargetTransaction): Promise<void> {
  const { targets, runner } = run;
  const known = await transaction.ledger.listIndexes();
  for (const { id, planned } of targets) {
    const { table, columns } = planned;
    const stale = columns.flatMap(({ name, to }) =>
      known
        .filter((index) => index.table === table && index.cells === name)
        .filter(({ replaces }) => to.kind === 'plaintext' || replaces !== undefined),
    );
    if (stale.length === 0) continue;
    await removeIndexes(transaction, stale, runner.actor);
    await transaction.ledger.noteFingerprint(id, await transaction.pairs.fingerprint(table));
  }
}
