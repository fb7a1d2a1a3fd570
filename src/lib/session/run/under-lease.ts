import type { TargetDatabase } from '../../databases/target-database.ts';
import type { RunEnd } from '../../engine/run-end.ts';
import { openRun, type OpenedRun } from '../../engine/runs/open-run.ts';
import type { SteeredRun } from '../../engine/steering/steered-run.ts';
import { createSteering, type Steering } from '../../engine/steering/steering.ts';
import type { Transcoder } from '../../engine/transcoding/transcoder.ts';
import type { Conclusion } from '../../model/runs/conclusion.ts';
import type { Reporter } from '../../reporters/reporter.ts';
import { createThrottle } from '../../throttles/registry.ts';
import type { ThrottleSettings } from '../../throttles/throttle.ts';
import { keepLease } from '../database/keep-lease.ts';
import { currentRunner } from '../database/run-owner.ts';
import type { ScrubEnd } from '../scrub/scrub-afterwards.ts';
import { openTranscoders } from '../threads/transcoder-threads.ts';
import { noteEvents, reportMigration, type MigrationReport } from './migration-report.ts';
import type { MigrationRequest } from './migration-request.ts';
import { turnLimits } from './turn-limits.ts';

/** A run that holds its lease, with what it works with. */
export interface LeasedRun {
  readonly opened: OpenedRun;
  /** One for each target of the plan, in its order. */
  readonly transcoders: readonly Transcoder[];
  readonly steering: Steering;
  readonly reporter: Reporter;
}

/** The result of a run's work. */
export interface RunOutcome {
  readonly end: RunEnd;
  /** The outcome of the scrub that followed it; `null` where none did. */
  readonly scrub: ScrubEnd | null;
  /** Where it has put the new key, or would have; `null`: nowhere. */
  readonly published: string | null;
}

/** Opens a run, lets `work` do its part under the lease, and reports. The lease is given back, whatever happens. */
export async function underLease(
  database: TargetDatabase,
  request: MigrationRequest,
  work: (run: LeasedRun) => Promise<RunOutcome>,
): Promise<MigrationReport> {
  const runner = currentRunner();
  const conclusion = conclusionOf(request);
  const opened = await turnLimits(
    database,
    await openRun(database, runner, { ...request, conclusion }),
    request.limits,
  );
  const { migration, workerId } = opened;
  const lease = keepLease(database, workerId);
  const { reporter, noted } = noteEvents(request.reporter);
  const steering = createSteering({
    ...opened,
    ...throttling(database, request.throttles),
    database,
    actor: runner.actor,
    reporter,
    interrupted: request.stop,
  });
  const cells = database.server ? 'packed' : 'single';
  const { transcoders, close } = openTranscoders(migration.plan, request.keys, cells);
  let ending = 'error';
  try {
    const outcome = await work({ opened, transcoders, steering, reporter });
    ending = endingOf(outcome);
    return await reportMigration(database, { id: migration.id, noted: noted(), ...outcome });
  } finally {
    lease.close();
    await close();
    await database.transaction(({ ledger }) => ledger.closeRun(workerId, ending)).catch(() => undefined);
  }
}

/** The key's new place is known to the run that was given it, and so is that plaintext may go: a name was typed for that. */
function conclusionOf({ publication, knobs: { contract, maximumQuarantine } }: MigrationRequest): Conclusion {
  return { contract, publication: publication?.reference ?? null, maximumQuarantine };
}

/** How the run ended, for the ledger. */
function endingOf({ end }: RunOutcome): string {
  return end.kind === 'stopped' ? end.cause.kind : end.kind;
}

function throttling(
  database: TargetDatabase,
  settings: ThrottleSettings,
): Pick<SteeredRun, 'throttle' | 'elapsed'> {
  const elapsed = (): number => performance.now();
  return { elapsed, throttle: createThrottle(settings, { database, elapsed, now: () => Date.now() }) };
}
