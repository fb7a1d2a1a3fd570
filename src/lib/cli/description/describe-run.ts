import type { RunEnd } from '../../engine/run-end.ts';
import { countIssues } from '../../model/cells/cell-issue.ts';
import { listProcesses, type OtherProcess } from '../../model/databases/other-process.ts';
import type { ExitReason } from '../../model/exit-codes.ts';
import { oldValuesText, stateText } from '../../model/plans/key-change.ts';
import { comesAlong, type Plan } from '../../model/plans/plan.ts';
import type { StopCause } from '../../model/runs/stop-cause.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import type { MigrationReport } from '../../session/run/migration-report.ts';
import { columnText } from '../rendering/column-text.ts';
import { noPhases, type RunResult } from '../results/run-result.ts';
import type { ScrubResult } from '../results/scrub-result.ts';
import { describeScrub, exitReasonOfScrub } from './describe-scrub.ts';
import type { FinishedRun } from './finished-run.ts';
import { stepsAfterRun } from './steps-after-run.ts';

/** The result of a run, as it is printed. */
export function describeRun(run: FinishedRun): RunResult {
  const { report, mode } = run;
  const { migration, end, phases } = report;
  return {
    migration: mode === 'rehearsed' ? null : migration.id,
    kind: isRollback(run) ? 'rollback' : migration.plan.kind,
    state: mode === 'rehearsed' && end.kind === 'succeeded' ? 'rehearsed' : stateOf(end),
    database: report.database,
    oldKeyId: migration.plan.oldKey?.id ?? null,
    newKeyId: migration.plan.newKey?.id ?? null,
    cells: report.cells,
    targets: report.targets,
    blank: [],
    phases: { ...noPhases, plan: run.planMilliseconds, ...phases },
    backup: migration.backup,
    issues: report.issues,
    scrub: scrubOf(run),
    remains: mode === 'real' && end.kind === 'succeeded' ? whatRemains(report) : [],
    warnings: [
      ...run.warnings,
      ...report.warnings,
      ...problemOf(end, migration.plan),
      ...problemOfScrub(report),
    ],
    next: stepsAfterRun(run, scrubOf(run)),
  };
}

function scrubOf({ report: { scrub }, location }: FinishedRun): ScrubResult | null {
  return scrub?.kind === 'ended' ? describeScrub(scrub.report, { location, mode: 'scrubbed' }) : null;
}

function problemOfScrub({ scrub }: MigrationReport): readonly string[] {
  switch (scrub?.kind) {
    case undefined:
    case 'ended':
      return [];
    case 'stopped':
      return ['the scrub was stopped: nothing is lost, and nothing is proven yet'];
    case 'failed':
      return [`the scrub has not come to its end: ${scrub.error.message}`];
  }
}

/** The exit code of a run, or that of the scrub that followed it. */
export function exitReasonOf(run: FinishedRun): ExitReason | number {
  const { report, mode, maximumQuarantine } = run;
  if (report.scrub?.kind === 'failed') return report.scrub.error.exitCode;
  const scrub = scrubOf(run);
  if (scrub) return exitReasonOfScrub(scrub);
  switch (report.end.kind) {
    case 'ready':
      return 'done';
    case 'succeeded':
      return mode === 'rehearsed' && isTooMuch(report, maximumQuarantine) ? 'quarantined' : 'done';
    case 'handed over':
      return 'done';
    case 'quarantined':
      return 'quarantined';
    case 'stopped':
    case 'outpaced':
      return 'stoppedEarly';
    case 'left behind':
      return 'verificationFailed';
  }
}

/** The judgement of a real run, for a rehearsal, which ends before it. */
function isTooMuch({ issues }: MigrationReport, maximumQuarantine: number): boolean {
  const { cells, refused } = countIssues(issues);
  return cells > maximumQuarantine || refused > 0;
}

/** A rehearsed rollback takes back nothing that its own ledger knows of. */
function isRollback({ report, intent }: FinishedRun): boolean {
  return report.migration.reverses !== null || intent.kind === 'reverse';
}

function stateOf(end: RunEnd): RunResult['state'] {
  switch (end.kind) {
    case 'succeeded':
    case 'ready':
    case 'handed over':
      return end.kind;
    case 'stopped':
      return end.cause.kind === 'cancelled' ? 'cancelled' : 'interrupted';
    case 'quarantined':
    case 'outpaced':
    case 'left behind':
      return 'failed';
  }
}

const refusal =
  'a constraint or a trigger of the schema refuses the new cell, or something behind a token would be lost, and --max-quarantine does not excuse that';

function problemOf(end: RunEnd, plan: Plan): readonly string[] {
  switch (end.kind) {
    case 'succeeded':
    case 'ready':
    case 'handed over':
      return [];
    case 'stopped':
      return whyStopped(end.cause);
    case 'quarantined':
      return [
        `${countedText(end.cells, 'cell')} could not be read or written, and ${end.cells === 1 ? 'stays' : 'stay'} byte for byte as before`,
        ...(end.refused > 0
          ? [
              `${end.refused} of them ${end.refused === 1 ? 'is' : 'are'} still ${stillText(plan)}: ${refusal}`,
            ]
          : []),
      ];
    case 'outpaced':
      return [
        `${oldValuesText(plan)} are written as fast as they are rewritten (${end.cells} in the last sweep), by ` +
          `${writersAmong(end.otherProcesses)} or a trigger: ${whatToWrite(plan)}, then go on`,
      ];
    case 'left behind':
      return end.leftovers.map(
        (leftover) =>
          `${columnText(leftover)} still holds ${countedText(leftover.cells, 'cell')} under the old key`,
      );
  }
}

function stillText({ oldKey }: Plan): string {
  return oldKey === null ? 'plaintext' : 'under the old key';
}

function whatToWrite({ oldKey, newKey }: Plan): string {
  if (newKey === null) return 'let the application write plaintext';
  return oldKey === null ? 'let the application write cells' : 'give the application the new key';
}

function whyStopped(cause: StopCause): readonly string[] {
  switch (cause.kind) {
    case 'signal':
      return [];
    case 'limit':
      return [`ended at a checkpoint, on purpose: ${cause.reason}`];
    case 'cancelled':
      return [`given up by ${cause.by}: what is rewritten stays so, the rest stays as it was`];
  }
}

function mustKnowNewKey(other: OtherProcess, { newKey }: Plan): string {
  const how = stateText(newKey?.id ?? null);
  return `${listProcesses([other])} has the database open: it must write ${how} from now on`;
}

function writersAmong(otherProcesses: readonly OtherProcess[]): string {
  return otherProcesses.length === 0
    ? 'other processes'
    : `${listProcesses(otherProcesses)}, which had the database open,`;
}

/** Where a database keeps what was replaced. */
const leftBehind: Readonly<Record<Plan['database']['kind'], string>> = {
  sqlite: 'free pages and the log of the database',
  postgres: 'dead rows, statistics and the log (WAL) of the server',
};

/** What still opens under the old key although the run has succeeded. */
function whatRemains({
  migration,
  otherProcesses,
  end,
  keptCells,
  copies,
  scrub,
}: MigrationReport): readonly string[] {
  const { backup, plan, reverses } = migration;
  const kept = plan.excluded
    .filter((column) => (column.opensUnder === 'old' || column.opensUnder === 'both') && !comesAlong(column))
    .map((column) => `${columnText(column)}: ${column.reason}`);
  return [
    ...(backup === null ? [] : [`the backup "${backup}" holds the cells ${oldStateOf(plan)}`]),
    ...kept,
    ...(keptCells === 0 || reverses !== null
      ? []
      : [
          `${countedText(keptCells, 'old cell')} that the database keeps for a rollback, until "keyturn undo drop"`,
        ]),
    ...copies.map(
      (name) =>
        `materialized view ${name} holds what it was filled with, until: REFRESH MATERIALIZED VIEW ${name};`,
    ),
    ...(end.kind === 'succeeded' ? otherProcesses.map((other) => mustKnowNewKey(other, plan)) : []),
    ...(scrub?.kind === 'ended'
      ? []
      : [`${leftBehind[plan.database.kind]} may hold old values until "keyturn scrub"`]),
  ];
}

function oldStateOf({ oldKey }: Plan): string {
  return oldKey === null ? 'as plaintext' : `under key ${oldKey.id}`;
}
