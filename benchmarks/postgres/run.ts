/**
 * Measures rotations of a PostgreSQL database against a single statement in the server and against what others would
 * write, in turns: `npm run bench -- --postgres [--quick] [--rows N] [--rounds N] [--only TEXT]`. It starts a server of its own
 * with fsync on. Without flags it takes about half an hour, with `--quick` two minutes; `--only` picks contestants of the
 * plain scenario whose names contain a text, and always keeps the floor. Prints tables of medians and ratios and writes
 * them to benchmarks/results/. Ratios of one run can be trusted; absolute times depend on the machine.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startPostgresServer } from '../../test/support/postgres/postgres-server.ts';
import { publishReport } from '../publish-report.ts';
import { onClient } from './client-loops.ts';
import {
  allContestants,
  fewContestants,
  floorName,
  type Contestant,
  type Measurement,
} from './contestants.ts';
import { reportGoals, reportScenario, type ScenarioResult } from './report.ts';
import { fillScenario, makeKeys, nameScenario, plainScenario, type PostgresScenario } from './scenario.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rows: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    postgres: { type: 'boolean' },
  },
});
const { only } = values;
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const rows = Number(values.rows ?? (values.quick ? 100_000 : plainScenario.rows));
const server = await startPostgresServer({ writes: 'durable' });
const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
const keys = makeKeys(folder);
try {
  const plain = await measureScenario({ ...plainScenario, rows }, plainContestants());
  const others: ScenarioResult[] = [];
  if (only === undefined) {
    for (const scenario of variations(rows / 4)) others.push(await measureScenario(scenario, fewContestants));
  }
  const sections = [...reportScenario(plain), ...others.flatMap(reportScenario), ...reportGoals(plain)];
  const partial = values.quick || only !== undefined ? '-quick' : '';
  publishReport({ title: 'PostgreSQL', name: `postgres${partial}`, rounds, sections });
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}

function plainContestants(): readonly Contestant[] {
  if (only === undefined) return allContestants;
  return allContestants.filter(({ name }) => name === floorName || name.includes(only));
}

/** The same table in other shapes. */
function variations(someRows: number): readonly PostgresScenario[] {
  const plain = { ...plainScenario, rows: someRows };
  return [
    { ...plain, cellLength: 1536 },
    { ...plain, content: 'bytea' },
    { ...plain, keys: 'uuid' },
    { ...plain, cellIndex: 'btree' },
  ];
}

/** Lets every contestant rewrite a fresh copy of the database, in turns, so that drift of the machine hits all alike. */
async function measureScenario(
  scenario: PostgresScenario,
  contestants: readonly Contestant[],
): Promise<ScenarioResult> {
  const measurements = new Map<string, Measurement[]>();
  await administrate('CREATE DATABASE scenario');
  await onClient(server.url('scenario'), (client) => fillScenario(client, scenario, keys));
  for (let round = 1; round <= rounds; round += 1) {
    for (const contestant of contestants) {
      await administrate('CREATE DATABASE copy TEMPLATE scenario STRATEGY file_copy');
      const measurement = await contestant.run(server.url('copy'), keys);
      await administrate('DROP DATABASE copy WITH (FORCE)');
      measurements.set(contestant.name, [...(measurements.get(contestant.name) ?? []), measurement]);
      const seconds = `${measurement.seconds.toFixed(2)} s for ${measurement.rows.toLocaleString('en')} rows`;
      console.error(`${nameScenario(scenario)}, round ${String(round)}, ${contestant.name}: ${seconds}`);
    }
  }
  await administrate('DROP DATABASE scenario');
  return { scenario, measurements };
}

async function administrate(statement: string): Promise<void> {
  await onClient(server.url('postgres'), (client) => client.query(statement));
}
