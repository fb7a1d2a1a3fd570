import fc from 'fast-check';
import { runSchedule } from './run-schedule.ts';
import { scenarios } from './scenario.ts';

/** How many schedules an exploration ran, and how many a minute. */
export interface Exploration {
  readonly schedules: number;
  readonly schedulesPerMinute: number;
}

/** How much to explore, and whether to look for the smallest schedule like one that breaks a promise. */
export interface ExplorationRequest {
  readonly milliseconds: number;
  /** Fewer are a failure, too: they would prove nothing. 0 by default. */
  readonly leastSchedules?: number;
  readonly mostSchedules?: number;
  readonly onFailure: 'shrink' | 'stop';
}

/**
 * Runs random schedules. Fails at the first that breaks a promise, with the KEYTURN_TEST_SCHEDULE that repeats it. Where
 * that asks for a single schedule, this one is enough.
 */
export async function explore({
  milliseconds,
  leastSchedules = 0,
  mostSchedules = Number.POSITIVE_INFINITY,
  onFailure,
}: ExplorationRequest): Promise<Exploration> {
  const started = performance.now();
  let schedules = 0;
  const everySchedule = fc.asyncProperty(scenarios, async (scenario) => {
    schedules += 1;
    await runSchedule(scenario);
  });
  const repeated = scheduleToRepeat();
  const result = await fc.check(everySchedule, {
    numRuns: mostSchedules,
    interruptAfterTimeLimit: milliseconds,
    markInterruptAsFailure: false,
    endOnFailure: onFailure === 'stop',
    ...repeated,
  });
  if (result.failed) {
    const repeat = `KEYTURN_TEST_SCHEDULE=${result.seed}/${result.counterexamplePath ?? ''}`;
    const cause = result.errorInstance;
    const what = cause instanceof Error ? cause.message : 'it took too long';
    throw new Error(`${repeat} repeats it\n${JSON.stringify(result.counterexample)}\n${what}`, { cause });
  }
  if (repeated.path === undefined && schedules < leastSchedules)
    throw new Error(`${schedules} schedules ran, not ${leastSchedules}`);
  return { schedules, schedulesPerMinute: Math.round((60_000 * schedules) / (performance.now() - started)) };
}

/** `SEED` begins as that exploration did; `SEED/PATH` runs the one schedule it ended with. */
function scheduleToRepeat(): { readonly seed?: number; readonly path?: string } {
  const [seed, path] = (process.env['KEYTURN_TEST_SCHEDULE'] ?? '').split('/');
  if (seed === undefined || seed === '') return {};
  return { seed: Number(seed), ...(path && { path }) };
}
