import type { TargetDatabase } from '../../databases/target-database.ts';
import { openRun, type OpenedRun } from '../../engine/open-run.ts';
import type { RunEnd } from '../../engine/run-end.ts';
import type { SteeredRun } from '../../engine/steering/steered-run.ts';
import { createSteering, type Steering } from '../../engine/steering/steering.ts';
import type { Transcoder } from '../../engine/transcoding/transcoder.ts';
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

/** What the work of a run came to; `scrub`: what became of the one that followed, `null` where none did. */
export interface RunOutcome {
  readonly end: RunEnd;
  readonly scrub: ScrubEnd | null;
}

/** Opens a run, lets `work` do its part under the lease, and reports. The lease is given back, whatever happens. */
export async function underLease(
  database: TargetDatabase,
  request: MigrationRequest,
  work: (run: LeasedRun) => Promise<RunOutcome>,
): Promise<MigrationReport> {
  const runner = currentRunner();
  const opened = await turnLimits(database, await openRun(database, runner, request), request.limits);
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
