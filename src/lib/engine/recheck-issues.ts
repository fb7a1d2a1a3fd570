import type { TargetTransaction } from '../databases/target-database.ts';
import type { CellCounts } from '../model/cells/cell-counts.ts';
import { parseRowKey, withColumns, type RowBatch, type RowKey } from '../model/cells/row-batch.ts';
import type { RecordedIssue } from '../model/migrations/migration-record.ts';
import { batchLayout } from '../model/plans/batch-layout.ts';
import type { MigrationRun, RunningTarget } from './migration-run.ts';
import { refuseChangedShape } from './passes/begin-pass.ts';
import { settleBatch } from './passes/settle-batch.ts';
import type { ActiveRun } from './steering/courtesy.ts';
import type { BatchTally } from './transcoding/tally-batch.ts';
import type { TranscodedBatch } from './transcoding/transcoded-batch.ts';

/** Rows read and settled in one transaction. */
const rowsAtOnce = 50;

/**
 * Reads the cells in quarantine again, and nothing else, and settles those that were repaired. `incomplete`: the rows of
 * a table may have got other keys since, so that only a walk over it finds them.
 */
export async function recheckIssues(run: ActiveRun): Promise<'rechecked' | 'incomplete' | 'stopped'> {
  const issues = await run.database.ledger.listIssues(run.migration.id);
  let isComplete = true;
  for (const target of run.targets) {
    const ofTarget = issues.filter(({ table }) => table === target.planned.table);
    if (ofTarget.length === 0) continue;
    const end = await recheckTarget(run, target, ofTarget);
    if (end === 'stopped') return 'stopped';
    isComplete &&= end === 'rechecked';
  }
  return isComplete ? 'rechecked' : 'incomplete';
}

async function recheckTarget(
  run: ActiveRun,
  target: RunningTarget,
  issues: readonly RecordedIssue[],
): Promise<'rechecked' | 'incomplete' | 'stopped'> {
  const layoutVersion = await layoutWithSameKeys(run, target);
  if (layoutVersion === null) return 'incomplete';
  const rows = [...Map.groupBy(issues, ({ rowKey }) => rowKey).values()];
  for (let first = 0; first < rows.length; first += rowsAtOnce) {
    await run.steering.heed();
    if (run.steering.stop.aborted) return 'stopped';
    const batch = rows.slice(first, first + rowsAtOnce).flat();
    await run.courtesy.giveWay();
    const isSettled = await run.database.transaction(async (transaction) => {
      if ((await transaction.layoutVersion(target.table)) !== layoutVersion) return false;
      await transaction.ledger.holdRun(run.workerId);
      await settleIssues(transaction, { run, target, issues: batch });
      return true;
    });
    if (!isSettled) return 'incomplete';
  }
  return 'rechecked';
}

/** The layout of now, where the keys that the issues were recorded under still name the same rows; else `null`. */
async function layoutWithSameKeys(run: MigrationRun, target: RunningTarget): Promise<string | null> {
  const layoutVersion = await run.database.transaction((transaction) =>
    transaction.layoutVersion(target.table),
  );
  const { keys } = await refuseChangedShape(run, target);
  return keys === 'stable' || layoutVersion === target.record.layoutVersion ? layoutVersion : null;
}

interface IssuesOfRows {
  readonly run: MigrationRun;
  readonly target: RunningTarget;
  /** Whole rows: every issue of each of them. */
  readonly issues: readonly RecordedIssue[];
}

async function settleIssues(
  transaction: TargetTransaction,
  { run, target, issues }: IssuesOfRows,
): Promise<void> {
  const keys = [...new Set(issues.map(({ rowKey }) => rowKey))].map(parseRowKey);
  const batch = await transaction.readRows(target.table, keys);
  const transcoded = onlyIssues(target.transcoder.transcodeAtOnce(batch), target, issues);
  const settled = await settleBatch(transaction, target, transcoded);
  const still = new Map(settled.issues.map((issue) => [placeOf(issue), issue.reason]));
  await transaction.ledger.settleIssues({
    targetId: target.id,
    workerId: run.workerId,
    issues: issues.map((issue) => ({ ...issue, reason: still.get(placeOf(issue)) ?? null })),
    counts: changeOfCounts(settled, { batch, columns: target.planned.columns.length }, issues),
  });
}

/** The rows without the cells that are no issues: those were counted already, and are for a sweep to look after. */
function onlyIssues(
  transcoded: TranscodedBatch,
  { planned: { columns } }: RunningTarget,
  issues: readonly RecordedIssue[],
): TranscodedBatch {
  const { replacements, outcomes } = transcoded;
  const places = new Set(issues.map(placeOf));
  const isIssue = (of: number, row: number): boolean =>
    places.has(placeOf({ rowKey: replacements.batch.keys[row] ?? '', column: columns[of]?.name ?? '' }));
  const changes = batchLayout(columns).map(({ of }, place) =>
    replacements.columns[place]?.map((fresh, row) => (isIssue(of, row) ? fresh : undefined)),
  );
  return {
    ...transcoded,
    replacements: withColumns(
      replacements,
      changes.map((column) => column ?? []),
    ),
    outcomes: outcomes.map((column, of) =>
      column.map((outcome, row) => (isIssue(of, row) ? outcome : 'null')),
    ),
  };
}

function placeOf({ rowKey, column }: { readonly rowKey: RowKey; readonly column: string }): string {
  return `${String(rowKey)} ${column}`;
}

/** What the counts of the last pass change by: each issue leaves the quarantine and is counted anew. */
function changeOfCounts(
  { counts }: BatchTally,
  { batch, columns }: { readonly batch: RowBatch; readonly columns: number },
  issues: readonly RecordedIssue[],
): CellCounts {
  const rows = new Set(batch.keys.map(String));
  const cells = issues.filter(({ rowKey }) => rows.has(rowKey)).length;
  const leftOut = batch.keys.length * columns - cells;
  return { ...counts, null: counts.null - leftOut, quarantined: counts.quarantined - issues.length };
}
