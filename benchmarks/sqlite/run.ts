import { mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark, Findings } from '../benchmark.ts';
import type { BenchmarkFlags } from '../flags.ts';
import { exclusiveName, findContestants, type Contestant, type ProcessMeasurement } from './contestants.ts';
import { copyToDisk } from './copy-to-disk.ts';
import { goalOfMemory, renderGoals, reportGoals } from './goals.ts';
import { reportScenario, type ScenarioResult } from './report.ts';
import { nameScenario, prepareScenario, type PreparedScenario, type Scenario } from './scenario.ts';
import { measureStartUp, type StartUp } from './start-up.ts';

const plain = { cellLength: 292, columns: 1, keys: 'number' } as const;
/** Too large to wait for every contestant: it shows whether memory grows with the rows. */
const huge: Scenario = { ...plain, rows: 10_000_000, cellLength: 100 };
/** Up to this many rows, a scenario is measured this often in each round. */
const [smallRows, smallTimes] = [100_000, 3];

/**
 * Measures rotations against a floor and a peer. It takes about half an hour; quickly two minutes, without large tables. `--only memory`
 * measures the largest table alone, in four minutes, and exits 1 where it takes more memory than is allowed.
 */
export const sqliteRotations: Benchmark = {
  title: 'Benchmark',
  name: '',
  measure: (folder, flags) => (flags.only === 'memory' ? measureMemory(folder) : measureAll(folder, flags)),
};

async function measureAll(folder: string, flags: BenchmarkFlags): Promise<Findings> {
  const { extent, rows, rounds } = flags;
  const results = await measureInTurns(folder, chooseScenarios(flags), rounds);
  if (extent === 'full' && rows.length === 0) results.push(await measureHuge(folder));
  const startUp = await measureSmallCommands(folder);
  return {
    extent: 'whole',
    sections: [...results.flatMap(reportScenario), ...reportGoals(results, startUp)],
  };
}

/** The one goal that only the largest table tells about. */
async function measureMemory(folder: string): Promise<Findings> {
  const goal = goalOfMemory(await measureHuge(folder));
  console.log(renderGoals([goal]).join('\n'));
  if (goal.reached === 'missed') process.exitCode = 1;
  return { extent: 'goal', sections: [] };
}

/** The largest table, under keyturn alone and once. */
async function measureHuge(folder: string): Promise<ScenarioResult> {
  const result = beginScenario(folder, huge);
  await measureRound(result, ({ name }) => name === exclusiveName);
  rmSync(result.prepared.template);
  return result;
}

/** Plain tables of growing size first, then other shapes of the same number of cells or fewer. */
function chooseScenarios({ extent, rows: asked }: BenchmarkFlags): readonly Scenario[] {
  const sizes = extent === 'quick' ? [20_000, 100_000] : [100_000, 1_000_000, 3_000_000];
  const sized = (asked.length > 0 ? asked : sizes).map((rows): Scenario => ({ ...plain, rows }));
  if (asked.length > 0) return sized;
  const rows = extent === 'quick' ? 20_000 : 250_000;
  return [
    ...sized,
    { ...plain, rows, cellLength: 2048 },
    { ...plain, rows, columns: 4 },
    { ...plain, rows, keys: 'text' },
  ];
}

/** A scenario that stands ready, and what was measured of it so far. */
interface BegunScenario extends ScenarioResult {
  readonly folder: string;
  readonly prepared: PreparedScenario;
  readonly measurements: Map<string, ProcessMeasurement[]>;
}

function beginScenario(folder: string, scenario: Scenario): BegunScenario {
  const own = mkdtempSync(join(folder, 'scenario-'));
  return { scenario, folder: own, prepared: prepareScenario(own, scenario), measurements: new Map() };
}

/**
 * Every contestant of every scenario in turns, and that some times over: a machine drifts by a tenth within minutes, which
 * has to hit contestants and sizes alike. What is over in half a second is measured more often.
 */
async function measureInTurns(
  folder: string,
  scenarios: readonly Scenario[],
  rounds: number,
): Promise<ScenarioResult[]> {
  const begun = scenarios.map((scenario) => beginScenario(folder, scenario));
  for (let round = 0; round < rounds; round += 1) {
    for (const scenario of begun) {
      const times = scenario.scenario.rows <= smallRows ? smallTimes : 1;
      for (let time = 0; time < times; time += 1) await measureRound(scenario, () => true);
    }
  }
  for (const { prepared } of begun) rmSync(prepared.template);
  return begun;
}

/** Lets contestants rewrite a fresh copy of the database, one after the other. */
async function measureRound(
  begun: BegunScenario,
  isWanted: (contestant: Contestant) => boolean,
): Promise<void> {
  const { scenario, measurements } = begun;
  for (const contestant of findContestants().filter(isWanted)) {
    const measurement = await measureCopy(begun, contestant);
    measurements.set(contestant.name, [...(measurements.get(contestant.name) ?? []), measurement]);
    console.error(`${nameScenario(scenario)}, ${contestant.name}: ${measurement.seconds.toFixed(2)} s`);
  }
}

async function measureCopy(
  { folder, prepared }: BegunScenario,
  contestant: Contestant,
): Promise<ProcessMeasurement> {
  const copy = join(folder, 'copy.db');
  copyToDisk(prepared.template, copy);
  try {
    return await contestant.run(copy, prepared);
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${copy}${suffix}`, { force: true });
  }
}

/** Start-up times, on a small database with a ledger. */
async function measureSmallCommands(folder: string): Promise<StartUp> {
  const prepared = prepareScenario(folder, { ...plain, rows: 1000 });
  const exclusive = findContestants().find(({ name }) => name === exclusiveName);
  await exclusive?.run(prepared.template, prepared);
  return measureStartUp(prepared.template);
}
