import { KeyturnError } from '../../model/keyturn-error.ts';
import { coversConclusion, describeConclusion, type Conclusion } from '../../model/runs/conclusion.ts';
import type { RunLease, RunOwner } from '../../model/runs/run-owner.ts';

/** A run that lives, and what it was told to do once the migration is proved. */
export interface ConcludingRun extends RunLease {
  readonly conclusion: Conclusion;
}

/**
 * What is left for a run to conclude beside others of its migration. A new key that a run of another machine puts into a file of
 * its own is left to that one. Throws `KT_CONCLUDED_OTHERWISE` (exit 11) where neither of two would do what both were told: one
 * concludes the migration, and what the other was told would be lost.
 */
export function joinConclusion(
  wanted: Conclusion,
  { host }: RunOwner,
  others: readonly ConcludingRun[],
): Conclusion {
  const isElsewhere = others.some(
    ({ owner, conclusion: { publication } }) => owner.host !== host && publication === wanted.publication,
  );
  const left = isElsewhere ? { ...wanted, publication: null } : wanted;
  const opposed = others.find(
    ({ conclusion }) => !coversConclusion(conclusion, left) && !coversConclusion(left, conclusion),
  );
  if (opposed) throw concludedOtherwise(opposed, left);
  return left;
}

/** Of runs that all wait for each other, the one that concludes the migration: it was told all that the others were, and first. */
export function chooseConcluding<Run extends Pick<ConcludingRun, 'workerId' | 'conclusion'>>(
  runs: readonly Run[],
): Run | undefined {
  return runs
    .toSorted((one, other) => one.workerId - other.workerId)
    .find(({ conclusion }) => runs.every((other) => coversConclusion(conclusion, other.conclusion)));
}

function concludedOtherwise({ owner, conclusion }: ConcludingRun, wanted: Conclusion): KeyturnError {
  return new KeyturnError({
    code: 'KT_CONCLUDED_OTHERWISE',
    reason: 'locked',
    message:
      `one run concludes the migration: process ${String(owner.processId)} on ${owner.host}, which works on it, ` +
      `is to ${describeConclusion(conclusion)}, and this one to ${describeConclusion(wanted)}`,
    hints: [
      'help it with its own flags, or with none of --auto-finalize, --contract and --max-quarantine: keyturn execute --join',
      'keyturn status',
    ],
  });
}
