/**
 * Measures a rotation against a floor and a peer, in turns and in one run: `npm run bench -- [--quick] [--rows N,...]
 * [--rounds N]`. Without flags it takes about half an hour; `--quick` takes two minutes and leaves out large
 * tables; `--postgres` measures the other database (see postgres/run.ts). Prints tables of medians and ratios and the goals they are held against, and writes them, with the machine's
 * description, to benchmarks/results/. Ratios of one run can be trusted; absolute times depend on the machine.
 * `--only memory` measures the largest table alone, in four minutes, and exits 1 where it takes more memory than is allowed;
 * `--only encryption` measures how plaintext is encrypted, on both databases (see encryption/run.ts).
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { exclusiveName, findContestants, type Contestant, type Measurement } from './contestants.ts';
import { copyToDisk } from './copy-to-disk.ts';
import { goalOfMemory, renderGoals, reportGoals } from './goals.ts';
import { publishReport } from './publish-report.ts';
import { reportScenario, type ScenarioResult } from './report.ts';
import { nameScenario, prepareScenario, type PreparedScenario, type Scenario } from './scenario.ts';
import { measureStartUp, type StartUp } from './start-up.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rows: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    postgres: { type: 'boolean', default: false },
  },
});
const plain = { cellLength: 292, columns: 1, keys: 'number' } as const;
/** Too large to wait for every contestant: it shows whether memory grows with the rows. */
const huge: Scenario = { ...plain, rows: 10_000_000, cellLength: 100 };
/** Up to this many rows, a scenario is measured this often in each round. */
const [smallRows, smallTimes] = [100_000, 3];
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));

const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
try {
  if (values.only === 'memory') await measureMemory();
  else if (values.only === 'encryption') await import('./encryption/run.ts');
  else await (values.postgres ? import('./postgres/run.ts') : measureSqlite());
} finally {
  rmSync(folder, { recursive: true, force: true });
}

/** Measures every scenario and publishes the report. */
async function measureSqlite(): Promise<void> {
  const results = await measureInTurns(chooseScenarios());
  if (!values.quick && values.rows === undefined) results.push(await measureHuge());
  const startUp = await measureSmallCommands();
  const sections = [...results.flatMap(reportScenario), ...reportGoals(results, startUp)];
  publishReport({ title: 'Benchmark', name: values.quick ? 'quick' : '', rounds, sections });
}

/** The one goal that only the largest table tells about. */
async function measureMemory(): Promise<void> {
  const goal = goalOfMemory(await measureHuge());
  console.log(renderGoals([goal]).join('\n'));
  if (goal.reached === 'missed') process.exitCode = 1;
}

/** The largest table, under keyturn alone and once. */
async function measureHuge(): Promise<ScenarioResult> {
  const result = beginScenario(huge);
  await measureRound(result, ({ name }) => name === exclusiveName);
  rmSync(result.prepared.template);
  return result;
}

/** Plain tables of growing size first, then other shapes of the same number of cells or fewer. */
function chooseScenarios(): readonly Scenario[] {
  const sizes =
    values.rows?.split(',').map(Number) ??
    (values.quick ? [20_000, 100_000] : [100_000, 1_000_000, 3_000_000]);
  const sized = sizes.map((rows): Scenario => ({ ...plain, rows }));
  if (values.rows !== undefined) return sized;
  const rows = values.quick ? 20_000 : 250_000;
  return [
    ...sized,
    { ...plain, rows, cellLength: 2048 },
    { ...plain, rows, columns: 4 },
    { ...plain, rows, keys: 'text' },
  ];
}

/** A scenario that stands ready, and what was measured of it so far. */
interface BegunScenario extends ScenarioResult {
  readonly prepared: PreparedScenario;
  readonly measurements: Map<string, Measurement[]>;
}

function beginScenario(scenario: Scenario): BegunScenario {
  const prepared = prepareScenario(mkdtempSync(join(folder, 'scenario-')), scenario);
  return { scenario, prepared, measurements: new Map() };
}

/**
 * Every contestant of every scenario in turns, and that some times over: a machine drifts by a tenth within minutes, which
 * has to hit contestants and sizes alike. What is over in half a second is measured more often.
 */
async function measureInTurns(scenarios: readonly Scenario[]): Promise<ScenarioResult[]> {
  const begun = scenarios.map(beginScenario);
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
  { scenario, prepared, measurements }: BegunScenario,
  isWanted: (contestant: Contestant) => boolean,
): Promise<void> {
  for (const contestant of findContestants().filter(isWanted)) {
    const measurement = await measureCopy(prepared, contestant);
    measurements.set(contestant.name, [...(measurements.get(contestant.name) ?? []), measurement]);
    console.error(`${nameScenario(scenario)}, ${contestant.name}: ${measurement.seconds.toFixed(2)} s`);
  }
}

async function measureCopy(prepared: PreparedScenario, contestant: Contestant): Promise<Measurement> {
  const copy = join(folder, 'copy.db');
  copyToDisk(prepared.template, copy);
  try {
    return await contestant.run(copy, prepared);
  } finally {
    for (const suffix of ['', '-wal', '-shm']) rmSync(`${copy}${suffix}`, { force: true });
  }
}

/** Start-up times, on a small database with a ledger. */
async function measureSmallCommands(): Promise<StartUp> {
  const prepared = prepareScenario(folder, { ...plain, rows: 1000 });
  const exclusive = findContestants().find(({ name }) => name === exclusiveName);
  await exclusive?.run(prepared.template, prepared);
  return measureStartUp(prepared.template);
}
