import type { LedgerWriter } from '../../ledger/ledger.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { plainConclusion } from '../../model/runs/conclusion.ts';
import type { RunLease } from '../../model/runs/run-owner.ts';
import type { RunTerms } from '../../model/runs/run-terms.ts';
import type { TriggerChoice } from '../../model/runs/trigger-choice.ts';

/** A run that lives, and what it was told. */
export interface JointRun extends RunLease, RunTerms {}

/** What a run was told of which the ledger says nothing. */
const plainTerms: RunTerms = { conclusion: plainConclusion, triggers: 'fire' };

/** Living runs of a migration, each with what it was told. */
export async function withTerms(
  ledger: LedgerWriter,
  migrationId: string,
  leases: readonly RunLease[],
): Promise<readonly JointRun[]> {
  const terms = await ledger.listRunTerms(migrationId);
  return leases.map((lease) => ({ ...lease, ...(terms.get(lease.workerId) ?? plainTerms) }));
}

/**
 * Throws `KT_TRIGGERS` (exit 11) where a run would let triggers do something else than those it joins: of the rows of one table some
 * would have set them off, and nobody could tell which.
 */
export function refuseOtherTriggers(triggers: TriggerChoice, others: readonly JointRun[]): void {
  const other = others.find((one) => one.triggers !== triggers);
  if (!other) return;
  const { owner, migrationId } = other;
  throw new KeyturnError({
    code: 'KT_TRIGGERS',
    reason: 'locked',
    message:
      `process ${String(owner.processId)} on ${owner.host}, which works on migration ${migrationId}, ` +
      `${ownTexts[other.triggers]}, and this run would ${wantedTexts[triggers]}`,
    hints: [`keyturn execute --join --triggers ${other.triggers}`, 'keyturn status'],
  });
}

const ownTexts: Readonly<Record<TriggerChoice, string>> = {
  fire: 'lets triggers fire',
  suppress: 'suppresses triggers',
};

const wantedTexts: Readonly<Record<TriggerChoice, string>> = {
  fire: 'let them fire',
  suppress: 'suppress them',
};
