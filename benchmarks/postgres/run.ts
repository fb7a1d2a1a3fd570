import { onClient } from '../../test/support/postgres/on-client.ts';
import { startPostgresServer, type PostgresServer } from '../../test/support/postgres/postgres-server.ts';
import type { Benchmark } from '../benchmark.ts';
import type { BenchmarkFlags } from '../flags.ts';
import { makeKeys, type BenchmarkKeys } from '../key-files.ts';
import { takeTurns } from '../take-turns.ts';
import { allContestants, fewContestants, floorName, type Contestant } from './contestants.ts';
import { reportGoals, reportScenario, type ScenarioResult } from './report.ts';
import { fillScenario, nameScenario, plainScenario, type PostgresScenario } from './scenario.ts';

/** Where scenarios are measured, and how often. */
interface Stage {
  readonly server: PostgresServer;
  readonly keys: BenchmarkKeys;
  readonly rounds: number;
}

/**
 * Measures rotations against a single statement in the server and against what others would write, on a server of its own with
 * fsync on. It takes about half an hour, quickly two minutes. `--only` picks contestants of the plain scenario whose names contain
 * a text, and always keeps the floor.
 */
export const postgresRotations: Benchmark = {
  title: 'PostgreSQL',
  name: 'postgres',
  async measure(folder, flags) {
    const server = await startPostgresServer({ writes: 'durable' });
    try {
      const stage = { server, keys: makeKeys(folder), rounds: flags.rounds };
      const extent = flags.only === undefined ? 'whole' : 'part';
      return { extent, sections: await measureScenarios(flags, stage) };
    } finally {
      await server.close();
    }
  },
};

/** Returns the sections of the report. */
async function measureScenarios(flags: BenchmarkFlags, stage: Stage): Promise<readonly string[]> {
  const rows = flags.rows[0] ?? (flags.extent === 'quick' ? 100_000 : plainScenario.rows);
  const plain = await measureScenario({ ...plainScenario, rows }, plainContestants(flags), stage);
  const others: ScenarioResult[] = [];
  if (flags.only === undefined) {
    for (const scenario of variations(rows / 4))
      others.push(await measureScenario(scenario, fewContestants, stage));
  }
  return [...[plain, ...others].flatMap(reportScenario), ...reportGoals(plain)];
}

function plainContestants({ only }: BenchmarkFlags): readonly Contestant[] {
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

/** Lets every contestant rewrite a fresh copy of the database. */
async function measureScenario(
  scenario: PostgresScenario,
  contestants: readonly Contestant[],
  { server, keys, rounds }: Stage,
): Promise<ScenarioResult> {
  const administrate = (statement: string): Promise<unknown> =>
    onClient(server.url('postgres'), (client) => client.query(statement));
  await administrate('CREATE DATABASE scenario');
  await onClient(server.url('scenario'), (client) => fillScenario(client, scenario, keys));
  const runs = await takeTurns({
    scenario: nameScenario(scenario),
    contestants,
    rounds,
    async measure(contestant) {
      await administrate('CREATE DATABASE copy TEMPLATE scenario STRATEGY file_copy');
      const measurement = await contestant.run(server.url('copy'), keys);
      await administrate('DROP DATABASE copy WITH (FORCE)');
      return measurement;
    },
  });
  await administrate('DROP DATABASE scenario');
  return { scenario, measurements: new Map([...runs].map(([{ name }, all]) => [name, all])) };
}
