import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { inject, onTestFinished } from 'vitest';
import type { RunResult } from '../../../src/lib/cli/results/run-result.ts';
import { testKeys, writeFernetKeyFile } from '../fleet-database.ts';
import { runKeyturn, type KeyturnOptions, type KeyturnResult } from '../run-keyturn.ts';
import { rotationKeys, type KeyRole, type Rotation } from '../scene.ts';
import { startKeyturn, type RunningKeyturn, type SignalAtStep } from '../start-keyturn.ts';
import { onClient } from './on-client.ts';

/** A folder with three key files and a database of its own on the server, in which commands are run. */
export interface PostgresScene {
  readonly folder: string;
  readonly url: string;
  run(command: string, ...args: readonly string[]): Promise<KeyturnResult>;
  runWith(options: KeyturnOptions, command: string, ...args: readonly string[]): Promise<KeyturnResult>;
  /** Runs a command on a database that this URL leads to. */
  runOn(url: string, command: string, ...args: readonly string[]): Promise<KeyturnResult>;
  /** Starts a command and leaves it running, with signals that it sends itself. */
  start(args: readonly string[], signals?: readonly SignalAtStep[]): RunningKeyturn;
  /** Rotates from the old to the new key without questions, and reads its JSON. */
  rotate(...args: readonly string[]): Promise<Rotation>;
  /** All rows of a query, each as an array of what the server writes. */
  query(sql: string, values?: readonly unknown[]): Promise<readonly (readonly (string | null)[])[]>;
  /** A connection of the application's own; closed with the test. */
  connect(): Promise<Client>;
}

/** Where a scene's database is made; by default on the server that all test files share. */
export interface PostgresSceneOptions {
  readonly serverUrl?: string;
  /** Whether its server lasts longer than the test. */
  readonly server?: 'stays' | 'ends with the test';
}

/** Makes a scene whose database holds what the statements make; it is gone when the test is finished. */
export async function createPostgresScene(
  sql: string,
  { serverUrl = inject('postgresUrl'), server = 'stays' }: PostgresSceneOptions = {},
): Promise<PostgresScene> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-scene-'));
  for (const role of Object.keys(testKeys) as KeyRole[]) {
    writeFernetKeyFile(join(folder, `${role}.key`), testKeys[role]);
  }
  const name = `scene_${crypto.randomUUID().replaceAll('-', '')}`;
  const administrator = serverUrl.replace('DATABASE', 'postgres');
  await onClient(administrator, (client) => client.query(`CREATE DATABASE ${name}`));
  const url = serverUrl.replace('DATABASE', name);
  onTestFinished(async () => {
    if (server === 'stays')
      await onClient(administrator, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
    rmSync(folder, { recursive: true, force: true });
  });
  await onClient(url, (client) => client.query(sql));
  const runWith: PostgresScene['runWith'] = (options, command, ...args) =>
    runKeyturn([...command.split(' '), '--database', url, ...args], { cwd: folder, ...options });
  return {
    folder,
    url,
    runWith,
    runOn: (otherUrl, command, ...args) =>
      runKeyturn([...command.split(' '), '--database', otherUrl, ...args], { cwd: folder }),
    run: (command, ...args) => runWith({}, command, ...args),
    start: ([command = '', ...args], signals = []) =>
      startKeyturn([command, '--database', url, ...args], { cwd: folder, signals }),
    async rotate(...args) {
      const flags = ['--yes', '--json', '--progress', 'none'];
      const { code, stdout, stderr } = await runWith({}, 'rotate', ...rotationKeys, ...flags, ...args);
      return { code, stdout, stderr, result: JSON.parse(stdout) as RunResult };
    },
    query: (text, values = []) =>
      onClient(url, async (client) => {
        const asText = { getTypeParser: () => (value: unknown) => value };
        const query = { text, values: [...values], rowMode: 'array', types: asText } as const;
        return (await client.query<(string | null)[]>(query)).rows;
      }),
    async connect() {
      const client = new Client({ connectionString: url, application_name: 'the application' });
      client.on('error', () => undefined);
      await client.connect();
      onTestFinished(() => client.end().catch(() => undefined));
      return client;
    },
  };
}
