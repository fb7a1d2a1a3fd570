import { setTimeout as sleep } from 'node:timers/promises';
import type { SpeedLimits } from '../../model/runs/speed-limits.ts';
import type { StopCause } from '../../model/runs/stop-cause.ts';
import { createOrderWatch, lookMilliseconds, type OrderWatch } from './order-watch.ts';
import { createPause } from './pause.ts';
import { createStateKeeper, type StateKeeper } from './state-keeper.ts';
import type { SteeredRun } from './steered-run.ts';
import { createThrottleSign } from './throttle-sign.ts';
import { createWorkloadMeter, type WorkloadMeter } from './workload-meter.ts';

/** What may pause or stop a run: operators, through the ledger or a signal, and throttles. */
export interface Steering {
  /** Moves the migration along the state table. */
  readonly state: StateKeeper;
  /** Aborted when the run has to end after the chunk at hand, whoever wants it. */
  readonly stop: AbortSignal;
  /** Why the run has to end. */
  stopCause(): StopCause;
  /** How fast it may go by now. */
  limits(): SpeedLimits;
  /** Tells how many rows a chunk had. */
  note(rows: number): void;
  /** Between two chunks: obeys operators, and waits as long as one of them or a throttle says so. */
  heed(): Promise<void>;
}

/** What a run has to do before its next chunk. */
type NextStep =
  | { readonly kind: 'go' }
  | { readonly kind: 'wait'; readonly milliseconds: number }
  | { readonly kind: 'stop'; readonly cause: StopCause };

/** Steers one run, from its opening to its end. */
export function createSteering(run: SteeredRun): Steering {
  const ending = new AbortController();
  const stop = AbortSignal.any([run.interrupted, ending.signal]);
  const state = createStateKeeper(run);
  const watch = createOrderWatch(run);
  const meter = createWorkloadMeter(run.elapsed);
  const decide = createDecision(run, { watch, meter, state });
  let cause: StopCause = { kind: 'signal' };
  return {
    state,
    stop,
    stopCause: () => cause,
    limits: () => watch.current().limits,
    note(rows) {
      meter.note(rows);
    },
    async heed() {
      while (!stop.aborted) {
        const step = await decide();
        if (step.kind === 'stop') {
          cause = step.cause;
          ending.abort();
        }
        if (step.kind !== 'wait') return;
        await sleep(step.milliseconds, undefined, { signal: stop }).catch(() => undefined);
        meter.restart();
      }
    },
  };
}

interface Instruments {
  readonly watch: OrderWatch;
  readonly meter: WorkloadMeter;
  readonly state: StateKeeper;
}

/** Operators count most, then a limit that ends the run, then a pause, then whatever else slows it down. */
function createDecision(run: SteeredRun, { watch, meter, state }: Instruments): () => Promise<NextStep> {
  const pause = createPause(run, state);
  const sign = createThrottleSign(run);
  return async () => {
    const { desired, by, limits } = await watch.look();
    if (desired === 'cancelled') return { kind: 'stop', cause: { kind: 'cancelled', by: by ?? 'somebody' } };
    const verdict = await run.throttle.ask({ ...meter.read(), limits });
    if (verdict.kind === 'stop') return { kind: 'stop', cause: { kind: 'limit', reason: verdict.reason } };
    if (desired === 'paused') {
      await pause.begin(by);
      return { kind: 'wait', milliseconds: lookMilliseconds };
    }
    await pause.end(by);
    if (verdict.kind === 'go') {
      await sign.clear();
      return { kind: 'go' };
    }
    await sign.show(verdict.reason);
    return { kind: 'wait', milliseconds: Math.min(Math.max(verdict.milliseconds, 1), lookMilliseconds) };
  };
}
