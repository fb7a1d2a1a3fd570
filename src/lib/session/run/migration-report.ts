import type { TargetDatabase } from '../../databases/target-database.ts';
import type { RunEnd } from '../../engine/run-end.ts';
import { addCounts, noCells, type CellCounts } from '../../model/cells/cell-counts.ts';
import type { IssueGroup } from '../../model/cells/cell-issue.ts';
import type { OtherProcess } from '../../model/databases/other-process.ts';
import type { RunPhase } from '../../model/migrations/migration-event.ts';
import type { MigrationRecord, TargetProgress } from '../../model/migrations/migration-record.ts';
import type { Reporter } from '../../reporters/reporter.ts';
import type { ScrubEnd } from '../scrub/scrub-afterwards.ts';

/** The result of a run. */
export interface MigrationReport {
  readonly end: RunEnd;
  /** Canonical path; the plan names where the file was when it was made. */
  readonly database: string;
  readonly migration: MigrationRecord;
  readonly cells: CellCounts;
  readonly targets: readonly TargetReport[];
  /** Cells in quarantine. */
  readonly issues: readonly IssueGroup[];
  /** Old cells that the database keeps for a rollback, of all migrations. */
  readonly keptCells: number;
  /** Materialized views that were filled from the columns of the migration, by their names in SQL. */
  readonly copies: readonly string[];
  /** Processes that had the database open when the run ended. */
  readonly otherProcesses: readonly OtherProcess[];
  /** How long each phase of this run took, in milliseconds. */
  readonly phases: Readonly<Partial<Record<RunPhase, number>>>;
  /** The outcome of the scrub that followed it; `null` where none did. */
  readonly scrub: ScrubEnd | null;
  /** Where this run has put the new key, or would have; `null`: nowhere. */
  readonly published: string | null;
  /** What the run warned of, each once. */
  readonly warnings: readonly string[];
}

/** The cells of one target, counted by outcome. */
export interface TargetReport {
  readonly table: string;
  readonly columns: readonly string[];
  readonly cells: CellCounts;
}

/** Reads from the ledger what a migration has come to. */
export async function reportMigration(
  database: TargetDatabase,
  {
    id,
    end,
    noted,
    scrub = null,
    published = null,
  }: {
    readonly id: string;
    readonly end: RunEnd;
    readonly noted: NotedEvents;
    readonly scrub?: ScrubEnd | null;
    readonly published?: string | null;
  },
): Promise<MigrationReport> {
  const { ledger } = database;
  const migration = await ledger.findMigration(id);
  if (!migration) throw new Error(`migration "${id}" is no longer in the ledger`);
  const targets = reportTargets(migration, await ledger.readProgress(id));
  return {
    end,
    database: database.identity.location,
    migration,
    cells: totalOf(targets),
    targets,
    issues: await ledger.groupIssues(id),
    keptCells: await ledger.countKeptCells(),
    copies: await readCopies(database, migration),
    otherProcesses: await database.otherProcesses(),
    scrub,
    published,
    ...noted,
  };
}

/** The materialized views that were filled from the columns of a migration: the database does not say when. */
export async function readCopies(
  database: TargetDatabase,
  { plan }: MigrationRecord,
): Promise<readonly string[]> {
  const columns = plan.targets.flatMap(({ table, columns: planned }) =>
    planned.map(({ name }) => ({ table, column: name })),
  );
  return (await database.listFilledCopies?.(columns)) ?? [];
}

/** The cells of every target, counted by outcome. */
export function reportTargets(
  migration: MigrationRecord,
  progress: readonly TargetProgress[],
): readonly TargetReport[] {
  return migration.plan.targets.map(({ table, columns }, index) => ({
    table,
    columns: columns.map(({ name }) => name),
    cells: resultOf(progress.filter(({ targetId }) => targetId === migration.targets[index]?.id)),
  }));
}

/** All targets together. */
export function totalOf(targets: readonly TargetReport[]): CellCounts {
  return targets.reduce((sum, { cells }) => addCounts(sum, cells), noCells);
}

/**
 * A target's cells as its last pass found them, except that what any pass rewrote counts as rewritten: each cell
 * counts once, and all counts add up to the cells the last pass has met.
 */
function resultOf(passes: readonly TargetProgress[]): CellCounts {
  const last = passes.at(-1)?.counts ?? noCells;
  const rewritten = passes.reduce((sum, { counts }) => sum + counts.rewritten, 0);
  const under = last.rewritten + last.already;
  return { ...last, rewritten: Math.min(rewritten, under), already: Math.max(under - rewritten, 0) };
}

/** What a report keeps of the events of a run. */
export type NotedEvents = Pick<MigrationReport, 'phases' | 'warnings'>;

/** Passes events on and collects the durations of the phases, of one that was stopped its duration so far, and the warnings. */
export function noteEvents(reporter: Reporter): {
  readonly reporter: Reporter;
  readonly noted: () => NotedEvents;
} {
  const phases: Partial<Record<RunPhase, number>> = {};
  const warnings = new Set<string>();
  let open: { readonly phase: RunPhase; readonly started: number } | undefined;
  const millisecondsOfOpen = (): Partial<Record<RunPhase, number>> =>
    open ? { [open.phase]: Math.round(performance.now() - open.started) } : {};
  return {
    reporter: {
      report(event) {
        if (event.kind === 'phase started') open = { phase: event.phase, started: performance.now() };
        if (event.kind === 'phase finished') {
          phases[event.phase] = Math.round(event.milliseconds);
          open = undefined;
        }
        if (event.kind === 'warning') warnings.add(event.message);
        reporter.report(event);
      },
      close() {
        reporter.close();
      },
    },
    noted: () => ({ phases: { ...millisecondsOfOpen(), ...phases }, warnings: [...warnings] }),
  };
}
