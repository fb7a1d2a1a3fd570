import type { IndexRecord } from '../../model/columns/blind-index.ts';
import { addCensus, closedCells, emptyCensus, type CensusCounts } from '../../model/columns/column-census.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { ExitReason } from '../../model/exit-codes.ts';
import type { ChainHead } from '../../model/migrations/recorded-event.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import type { IndexCheck } from '../../session/inspection/check-indexes.ts';
import type { Verification } from '../../session/inspection/verify-database.ts';
import { columnText } from '../rendering/column-text.ts';
import type { CheckedIndexResult, VerifyResult } from '../results/verify-result.ts';
import { chainHeadText } from './chain-head-text.ts';
import { nextCommand } from './next-command.ts';

/** A verification as it is printed. */
export function describeVerification(
  verification: Verification,
  { location, recordedAs }: { readonly location: DatabaseLocation; readonly recordedAs: ChainHead | null },
): VerifyResult {
  const { database, oldKey, newKey, columns, keptCells, scrubDue, uncheckedIndexes } = verification;
  const awaiting = verification.awaitingFinalize.map(columnText);
  const total = columns.reduce((sum, { cells }) => addCensus(sum, cells), emptyCensus);
  const outcome = judge(total, verification);
  return {
    database,
    oldKeyId: oldKey?.key.id ?? null,
    newKeyId: newKey?.key.id ?? null,
    outcome,
    columns,
    total,
    indexes: verification.indexes.map(describeCheck),
    recordedAs: recordedAs && chainHeadText(recordedAs),
    scrubDue,
    warnings: [
      ...(oldKey === null && total.unknown > 0 ? [oldKeyNotLoaded] : []),
      ...(total.displaced > 0 ? [cellsDisplaced(total.displaced)] : []),
      ...(awaiting.length > 0 ? [plaintextStays(awaiting)] : []),
      ...(keptCells > 0 ? [keptForRollback(keptCells)] : []),
      ...uncheckedIndexes.map(notCompared),
      ...verification.goneIndexes.map(isGone),
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
    case 'stale indexes':
      return 'verificationFailed';
    case 'unreadable cells':
      return oldKeyId === null ? 'verificationFailed' : 'quarantined';
  }
}

function nextSteps(
  outcome: VerifyResult['outcome'],
  { awaitingFinalize, scrubDue, indexes }: Verification,
): readonly string[] {
  if (outcome === 'stale indexes') return [awaitingFinalize.length > 0 ? 'execute' : reindexing(indexes)];
  if (outcome !== 'verified') return ['status'];
  if (awaitingFinalize.length > 0) return ['finalize'];
  return scrubDue ? ['scrub'] : [];
}

/** An encryption of what is encrypted already puts indexes right. */
function reindexing(indexes: Verification['indexes']): string {
  const stale = indexes.filter(({ stale: rows }) => rows > 0).map(({ record }) => record);
  const columns = new Set(
    stale.map(({ table, cells }) => shellWord(renderColumnName({ table, column: cells }))),
  );
  return `encrypt ${[...columns].map((column) => `--column ${column}`).join(' ')} --key REF`;
}

function plaintextStays(columns: readonly string[]): string {
  return `the plaintext is still in ${columns.join(', ')}, until "keyturn finalize"`;
}

function cellsDisplaced(cells: number): string {
  const which =
    cells === 1
      ? '1 cell names a key that does not open it'
      : `${cells} cells name a key that does not open them`;
  return `${which} in this place: moved from another row or column, or tampered with`;
}

function keptForRollback(cells: number): string {
  return `the database keeps ${countedText(cells, 'old cell')} for a rollback, under the old key, until "keyturn undo drop"`;
}

const oldKeyNotLoaded =
  'the old key was not loaded: cells under it count as unknown; name it with --old-key to tell them apart';

function isGone({ table, column, cells, normaliser }: IndexRecord): string {
  return (
    `${columnText({ table, column })} is gone, the blind index of ${columnText({ table, column: cells })} by ${normaliser}: ` +
    'encrypt with the same --blind-index makes it again'
  );
}

function notCompared({ table, column, keyId }: IndexRecord): string {
  return `${columnText({ table, column })} was not compared with its cells: name index key ${keyId} with --index-key`;
}

function describeCheck({ record, current, stale, unknown, staleRows }: IndexCheck): CheckedIndexResult {
  const { table, cells, column, normaliser, version, bits, keyId } = record;
  return { table, cells, column, normaliser, version, bits, keyId, current, stale, unknown, staleRows };
}

function judge(
  total: CensusCounts,
  { plaintextLeft, indexes }: Pick<Verification, 'plaintextLeft' | 'indexes'>,
): VerifyResult['outcome'] {
  if (total.old > 0) return 'old key found';
  if (plaintextLeft > 0) return 'plaintext found';
  if (indexes.some(({ stale }) => stale > 0)) return 'stale indexes';
  return closedCells(total) > 0 ? 'unreadable cells' : 'verified';
}
