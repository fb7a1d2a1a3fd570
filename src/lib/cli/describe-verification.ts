import { addCensus, emptyCensus, type CensusCounts } from '../model/column-census.ts';
import type { ExitReason } from '../model/exit-codes.ts';
import type { ChainHead } from '../model/recorded-event.ts';
import type { Verification } from '../session/verify-database.ts';
import type { DatabaseLocation } from '../model/database-location.ts';
import { chainHeadText } from './chain-head-text.ts';
import { columnText } from './rendering/column-text.ts';
import { nextCommand } from './next-command.ts';
import type { VerifyResult } from './verify-result.ts';

/** A verification as it is printed. */
export function describeVerification(
  verification: Verification,
  { location, recordedAs }: { readonly location: DatabaseLocation; readonly recordedAs: ChainHead | null },
): VerifyResult {
  const { database, oldKey, newKey, columns, plaintextLeft, keptCells, scrubDue } = verification;
  const awaiting = verification.awaitingFinalize.map(columnText);
  const total = columns.reduce((sum, { cells }) => addCensus(sum, cells), emptyCensus);
  const outcome = judge(total, plaintextLeft);
  return {
    database,
    oldKeyId: oldKey?.key.id ?? null,
    newKeyId: newKey?.key.id ?? null,
    outcome,
    columns,
    total,
    recordedAs: recordedAs && chainHeadText(recordedAs),
    scrubDue,
    warnings: [
      ...(oldKey === null && total.unknown > 0 ? [oldKeyNotLoaded] : []),
      ...(awaiting.length > 0 ? [plaintextStays(awaiting)] : []),
      ...(keptCells > 0 ? [keptForRollback(keptCells)] : []),
    ],
    next: nextSteps(outcome, verification).map((command) => nextCommand(command, location)),
  };
}

/** The exit code of a verification; cells that only the absent old key could tell from foreign ones are no proof. */
export function exitReasonOfVerification({ outcome, oldKeyId }: VerifyResult): ExitReason {
  switch (outcome) {
    case 'verified':
      return 'done';
    case 'old key found':
    case 'plaintext found':
      return 'verificationFailed';
    case 'unreadable cells':
      return oldKeyId === null ? 'verificationFailed' : 'quarantined';
  }
}

function nextSteps(
  outcome: VerifyResult['outcome'],
  { awaitingFinalize, scrubDue }: Verification,
): readonly string[] {
  if (outcome !== 'verified') return ['status'];
  if (awaitingFinalize.length > 0) return ['finalize'];
  return scrubDue ? ['scrub'] : [];
}

function plaintextStays(columns: readonly string[]): string {
  return `the plaintext is still in ${columns.join(', ')}, until "keyturn finalize"`;
}

function keptForRollback(cells: number): string {
  return `the database keeps ${cells} old cells for a rollback, which need their key until "keyturn undo drop"`;
}

const oldKeyNotLoaded =
  'the old key was not loaded: cells under it count as unknown; name it with --old-key to tell them apart';

function judge(total: CensusCounts, plaintextLeft: number): VerifyResult['outcome'] {
  if (total.old > 0) return 'old key found';
  if (plaintextLeft > 0) return 'plaintext found';
  return total.unknown > 0 ? 'unreadable cells' : 'verified';
}
