import { KeyturnError } from '../../src/lib/model/keyturn-error.ts';
import { createRandom } from '../support/random.ts';
import { createFleet } from './fleet.ts';
import { DiskFailure } from './interleaved-database.ts';
import { createLedgerView, oldKeyOf, type LedgerView } from './ledger-view.ts';
import { longestLease } from './promises.ts';
import { startRunner, type ScheduledRunner, type Stage } from './runner.ts';
import type { Happening, Host, RunnerHappening, RunnerTask, Scenario } from './scenario.ts';
import { createScheduler } from './scheduler.ts';
import { createWatch } from './watch.ts';

/** A schedule that runs, with its processes. */
interface RunningSchedule extends Stage {
  readonly ledger: LedgerView;
  readonly runners: readonly ScheduledRunner[];
  start(task: RunnerTask, host: Host): ScheduledRunner;
}

/**
 * Runs a schedule until nothing moves any more, then one more run undisturbed, which has to come to its one right end.
 * Throws where a promise is broken, with everything that happened. Returns what happened.
 */
export async function runSchedule(scenario: Scenario): Promise<readonly string[]> {
  const schedule = createSchedule(scenario);
  try {
    schedule.start('rotate', 'here');
    await playOut(schedule, scenario.happenings);
    schedule.runners.forEach(refuseOddEnd);
    await finish(schedule);
    return schedule.scheduler.trace;
  } catch (error) {
    const what = error instanceof Error ? error.message : String(error);
    throw new Error(`${what}\n  ${schedule.scheduler.trace.join('\n  ')}`, { cause: error });
  } finally {
    schedule.fleet.close();
  }
}

function createSchedule(scenario: Scenario): RunningSchedule {
  const fleet = createFleet(scenario);
  const ledger = createLedgerView(fleet.connection.database);
  const scheduler = createScheduler(createRandom(scenario.interleaving));
  const runners: ScheduledRunner[] = [];
  const isGone = (process: number): boolean => runners[process]?.state.kind !== 'working';
  const watch = createWatch(ledger, {
    fleet,
    isGone(owner) {
      const { host, processId } = JSON.parse(owner) as { readonly host: Host; readonly processId: number };
      return host === 'here' && isGone(processId);
    },
  });
  const stage: Stage = { scenario, fleet, scheduler, watch, isGone };
  return {
    ...stage,
    ledger,
    runners,
    start(task, host) {
      const runner = startRunner(stage, { process: runners.length, task, host });
      runners.push(runner);
      return runner;
    },
  };
}

/** Passes one await point after the other, and lets happen what is due, until nothing moves. */
async function playOut(schedule: RunningSchedule, happenings: readonly Happening[]): Promise<void> {
  const { scheduler } = schedule;
  const upcoming = [...happenings].sort((one, other) => one.at - other.at);
  const waitingForTheLock: Happening[] = [];
  for (;;) {
    for (let next = upcoming[0]; next && next.at <= scheduler.step; next = upcoming[0]) {
      upcoming.shift();
      if (needsTheLock(next)) waitingForTheLock.push(next);
      else await letHappen(schedule, next);
    }
    if (!scheduler.isHeld) for (const next of waitingForTheLock.splice(0)) await letHappen(schedule, next);
    schedule.watch.refuseBrokenPromise();
    if (await scheduler.passOne()) continue;
    if (upcoming[0]) scheduler.skipTo(upcoming[0].at);
    else if (scheduler.isStalled) scheduler.skipTo(scheduler.step + 1);
    else return;
  }
}

/** The clock too jumps between transactions: whether a lease had expired is judged when its takeover is committed. */
function needsTheLock({ kind }: Happening): boolean {
  return kind === 'write' || kind === 'renumber' || kind === 'clock';
}

async function letHappen(schedule: RunningSchedule, happening: Happening): Promise<void> {
  const { scheduler, fleet } = schedule;
  switch (happening.kind) {
    case 'start':
      schedule.start(happening.task, happening.host);
      return;
    case 'clock':
      fleet.moveClock(happening.milliseconds);
      scheduler.note(`the clock moves by ${happening.milliseconds} ms`);
      return;
    case 'write':
      scheduler.note(fleet.write(happening.write, scheduler.step));
      return;
    case 'renumber':
      fleet.renumber(scheduler.step);
      scheduler.note('the rows of "notes" get other keys');
      return;
    case 'kill':
    case 'stop':
    case 'renew':
    case 'stall':
    case 'fail': {
      const living = schedule.runners.filter(({ state }) => state.kind === 'working');
      const runner = living[happening.runner % Math.max(living.length, 1)];
      if (runner) await letHappenTo(schedule, runner, happening);
    }
  }
}

async function letHappenTo(
  { scheduler }: RunningSchedule,
  runner: ScheduledRunner,
  happening: RunnerHappening,
): Promise<void> {
  switch (happening.kind) {
    case 'kill':
      return runner.kill();
    case 'stop':
      scheduler.note(`${runner.process} is asked to stop`);
      runner.stop();
      return;
    case 'renew':
      runner.renewLease();
      return;
    case 'stall':
      scheduler.note(`${runner.process} stands still for ${happening.steps} steps`);
      scheduler.stall(runner.process, happening.steps);
      return;
    case 'fail':
      runner.failNext(happening.fault);
  }
}

/** Errors by which a run says that another one is at work, or was; none of them is a defect. */
const expectedCodes = ['KT_LOCKED', 'KT_RUN_TAKEN_OVER', 'KT_UNFINISHED_MIGRATION', 'KT_NOTHING_TO_RESUME'];

function refuseOddEnd({ process, state }: ScheduledRunner): void {
  if (state.kind === 'working') throw new Error(`process ${process} hangs`);
  if (state.kind !== 'failed' || state.error instanceof DiskFailure) return;
  if (state.error instanceof KeyturnError && expectedCodes.includes(state.error.code)) return;
  throw new Error(`process ${process} fails with an error of its own`, { cause: state.error });
}

/** Nothing goes wrong any more, and every lease is over, however far the clock was set back. */
async function finish(schedule: RunningSchedule): Promise<void> {
  const { fleet, ledger, scenario } = schedule;
  fleet.moveClock(longestLease + 1);
  const { state } = await lastRun(schedule);
  const migration = ledger.migrations().at(-1);
  const from = migration ? oldKeyOf(migration) : 'first';
  const end = state.kind === 'ended' ? state.end.kind : state.kind;
  const cells = fleet.readCells();
  const foreign = cells.filter(
    ({ under, stored }) => under === 'none' && stored !== null && stored !== '',
  ).length;
  const isQuarantined = foreign > scenario.maximumQuarantine;
  const hasStrays = fleet.straysUnder(from).length > 0;
  // A run may end at a quarantine that is still too large before it searches what is outside the plan.
  const right = [
    ...(isQuarantined ? ['quarantined'] : hasStrays ? [] : ['succeeded']),
    ...(hasStrays ? ['left behind'] : []),
  ];
  if (!right.includes(end)) throw new Error(`the last run is "${end}", not "${right.join('" or "')}"`);
  if (migration?.state !== (end === 'succeeded' ? 'succeeded' : 'failed')) {
    throw new Error(`the last run is "${end}", and its migration is "${String(migration?.state)}"`);
  }
  const left = cells.filter(({ under }) => under === from).length;
  if (left > 0 && end !== 'quarantined') throw new Error(`${left} cells are under the old key at the end`);
}

async function lastRun(schedule: RunningSchedule): Promise<ScheduledRunner> {
  const runner = schedule.start('resume', 'here');
  await playOut(schedule, []);
  if (runner.state.kind === 'failed') throw new Error('the last run fails', { cause: runner.state.error });
  return runner;
}
