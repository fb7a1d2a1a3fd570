import { openOverConnection } from '../../src/lib/databases/sqlite/open-database.ts';
import type { TargetDatabase } from '../../src/lib/databases/target-database.ts';
import { executeMigration } from '../../src/lib/engine/execute-migration.ts';
import type { RunEnd } from '../../src/lib/engine/run-end.ts';
import { openRun, type OpenedRun } from '../../src/lib/engine/runs/open-run.ts';
import { createSteering } from '../../src/lib/engine/steering/steering.ts';
import { createLedger } from '../../src/lib/ledger/create-ledger.ts';
import type { Runner } from '../../src/lib/model/runs/run-owner.ts';
import { checkPlan } from '../../src/lib/planning/check-plan.ts';
import { bindTranscoders } from '../../src/lib/session/formats/bind-transcoder.ts';
import { bindTargets } from '../../src/lib/session/run/bind-targets.ts';
import { takeCensus } from '../../src/lib/session/run/take-census.ts';
import type { Fleet } from './fleet.ts';
import { DiskFailure, interleave, type CommitFault, type Interleaving } from './interleaved-database.ts';
import { rangeName, type BatchReading } from './observed-commit.ts';
import { chooseIntent, keysOf } from './plans.ts';
import type { Fault, Host, RunnerTask, Scenario } from './scenario.ts';
import type { Access, Scheduler } from './scheduler.ts';
import { keys } from './tokens.ts';
import type { Watch } from './watch.ts';

/** What all runners of a schedule share. */
export interface Stage {
  readonly scenario: Scenario;
  readonly fleet: Fleet;
  readonly scheduler: Scheduler;
  readonly watch: Watch;
  /** Tells whether the process with this number is known to be gone. */
  readonly isGone: (process: number) => boolean;
}

/** A process to start. */
export interface RunnerRequest {
  readonly process: number;
  readonly task: RunnerTask;
  readonly host: Host;
}

/** One process that works on a migration, as `session/run/run-migration.ts` does; it moves when the scheduler says so. */
export interface ScheduledRunner {
  readonly process: number;
  readonly state: RunnerState;
  kill(): Promise<void>;
  /** Asks it to stop after the chunk at hand. */
  stop(): void;
  /** Renews its lease beside its work, as a timer does. */
  renewLease(): void;
  failNext(fault: Fault): void;
}

type RunnerState =
  | { readonly kind: 'working' | 'killed' }
  | { readonly kind: 'ended'; readonly end: RunEnd }
  | { readonly kind: 'failed'; readonly error: unknown };

const pacing = {
  initialRows: 10,
  maximumRows: 10,
  maximumBytes: 1_000_000,
  targetMilliseconds: null,
  lanes: 1,
};

/** Starts a process. */
export function startRunner(stage: Stage, request: RunnerRequest): ScheduledRunner {
  const { process, task } = request;
  const { scheduler } = stage;
  const stop = new AbortController();
  const faults: Fault[] = [];
  let state: RunnerState = { kind: 'working' };
  let workerId: number | undefined;

  const adapter = openOverConnection(stage.fleet.connection, pacing, createLedger);
  const database = interleave(adapter, createTurns(stage, { process, faults, workerId: () => workerId }));

  async function run(): Promise<RunEnd> {
    const runner = createRunner(stage, request);
    const intent = await chooseIntent(database, { task, tables: stage.scenario.tables });
    const opened = await openRun(database, runner, { intent });
    workerId = opened.workerId;
    try {
      return await execute(stage.scenario, { opened, database, runner, stop: stop.signal });
    } finally {
      await database
        .transaction(({ ledger }) => ledger.closeRun(opened.workerId, 'over'))
        .catch(() => undefined);
    }
  }

  scheduler.note(`${process} starts to ${task}`);
  void run()
    .then((end): RunnerState => ({ kind: 'ended', end }))
    .catch((error: unknown): RunnerState => ({ kind: 'failed', error }))
    .then((reached) => {
      if (state.kind === 'killed') return;
      state = reached;
      scheduler.note(`${process} ${describeState(reached)}`);
    });

  return {
    process,
    get state() {
      return state;
    },
    async kill() {
      state = { kind: 'killed' };
      await scheduler.kill(process);
    },
    stop() {
      stop.abort();
    },
    renewLease() {
      const held = workerId;
      if (held === undefined) return;
      void database.transaction(({ ledger }) => ledger.holdRun(held)).catch(() => undefined);
    },
    failNext(fault) {
      faults.push(fault);
    },
  };
}

function describeState(state: RunnerState): string {
  if (state.kind === 'ended') return `ends: ${state.end.kind}`;
  return state.kind === 'failed' ? `fails: ${String(state.error)}` : state.kind;
}

function createRunner({ isGone }: Stage, { process, host }: RunnerRequest): Runner {
  return {
    owner: { host, bootId: '', processId: process, processStart: '' },
    actor: `runner ${process}`,
    // Of another host's processes nothing is known.
    isGone: (owner) => owner.host === 'here' && isGone(owner.processId),
  };
}

/** Everything a process needs to execute a run that it has opened. */
interface Execution {
  readonly opened: OpenedRun;
  readonly database: TargetDatabase;
  readonly runner: Runner;
  readonly stop: AbortSignal;
}

async function execute(
  { batchRows, maximumQuarantine, lookahead }: Scenario,
  { opened, database, runner, stop }: Execution,
): Promise<RunEnd> {
  const { plan } = opened.migration;
  const names = keysOf(plan);
  const pair = { old: keys[names.old], new: keys[names.new] };
  await checkPlan(plan, database, { oldKey: pair.old, newKey: pair.new, identity: 'any' });
  const reporter = { report: () => undefined, close: () => undefined };
  // Nobody gives orders here, and a look at them as often as time allows could not be repeated.
  const elapsed = (): number => 0;
  const { orders } = opened.migration;
  const limits = { ...orders.limits, batchRows };
  const steering = createSteering({
    ...opened,
    migration: { ...opened.migration, orders: { ...orders, limits } },
    database,
    actor: runner.actor,
    reporter,
    throttle: { ask: () => Promise.resolve({ kind: 'go' }) },
    interrupted: stop,
    elapsed,
  });
  const targets = bindTargets(database, opened.migration, {
    transcoders: bindTranscoders(plan, pair).map((transcoder) => ({ ...transcoder, lookahead })),
    undo: { replaced: 'forgotten', kept: 'ignored' },
    pairs: [],
    indexes: [],
  });
  return executeMigration({
    ...opened,
    database,
    runner,
    reporter,
    steering,
    knobs: { courtesy: 'hurry', maximumQuarantine, contract: 'later' },
    proofs: {
      takeCensus: () => takeCensus(database, plan, { keys: pair, steering }),
      conclude: () => Promise.resolve(),
    },
    targets,
    bindTargets: () => Promise.resolve(targets),
  });
}

/** What the interleaving asks of a process. */
interface Turns {
  readonly process: number;
  /** What is to go wrong for it, first things first. */
  readonly faults: Fault[];
  readonly workerId: () => number | undefined;
}

function createTurns({ fleet, scheduler, watch }: Stage, { process, faults, workerId }: Turns): Interleaving {
  const batches = new Map<string, BatchReading>();
  const ends = new Map<string, number>();
  const searches = new Map<string, number>();
  return {
    async waitAt(label: string, access: Access) {
      await scheduler.waitAt(process, label, access);
      if (faults[0] !== 'any call') return;
      faults.shift();
      scheduler.note(`${process} fails there`);
      if (access === 'beginning') scheduler.release(process);
      throw new DiskFailure();
    },
    onRead: (table, range) =>
      batches.set(rangeName(table, range), { step: scheduler.step, cells: fleet.readCells() }),
    onEnd: (table) => ends.set(table, scheduler.step),
    onSearch: (table) => searches.set(table, scheduler.step),
    onBegin: watch.begin,
    onCommit() {
      watch.check({ step: scheduler.step, workerId: workerId(), readings: { batches, ends, searches } });
    },
    faultOfCommit(): CommitFault {
      if (faults[0] === undefined || faults[0] === 'any call') return 'none';
      const fault = commitFaults[faults[0]];
      faults.shift();
      scheduler.note(`${process}: the commit is ${fault}`);
      return fault;
    },
    release() {
      scheduler.release(process);
    },
  };
}

const commitFaults = {
  'commit refused': 'refused',
  'commit retried': 'retried',
  'commit unanswered': 'unanswered',
} as const;
