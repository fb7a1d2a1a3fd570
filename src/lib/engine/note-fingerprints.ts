import type { TargetTransaction } from '../databases/target-database.ts';
import type { RunningTarget } from './migration-run.ts';

/** Notes what the tables of a run have become in this transaction, and returns their fingerprints in the order of the targets. */
export async function noteFingerprints(
  { ledger, pairs }: Pick<TargetTransaction, 'ledger' | 'pairs'>,
  targets: readonly RunningTarget[],
): Promise<readonly string[]> {
  const fingerprints: string[] = [];
  for (const { id, planned } of targets) {
    const fingerprint = await pairs.fingerprint(planned.table);
    await ledger.noteFingerprint(id, fingerprint);
    fingerprints.push(fingerprint);
  }
  return fingerprints;
}

/** The targets as they were noted; undefined: nothing was noted, because an earlier run had done so. */
export function withFingerprints(
  targets: readonly RunningTarget[],
  fingerprints: readonly string[] | undefined,
): readonly RunningTarget[] {
  return targets.map((target, index) => {
    const fingerprint = fingerprints?.[index] ?? target.planned.fingerprint;
    return { ...target, planned: { ...target.planned, fingerprint } };
  });
}
