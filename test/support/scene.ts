import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { testKeys, writeFernetKeyFile } from './fleet-database.ts';
import { openReference, sealReference, type SealingChoices } from './reference-fernet.ts';
import { runKeyturn, type KeyturnOptions, type KeyturnResult } from './run-keyturn.ts';
import { startKeyturn, type RunningKeyturn, type SignalAtStep } from './start-keyturn.ts';

/** A key of the tests, by role. */
export type KeyRole = keyof typeof testKeys;

/** A value as SQLite hands it out with its storage class intact. */
export type Stored = string | bigint | number | Buffer | null;

/** A folder with a database and three key files, in which commands are run as an operator would type them. */
export interface Scene {
  readonly folder: string;
  /** The database, named `fleet.db` in the folder. */
  readonly path: string;
  /** Runs a command in the folder on the database. */
  run(command: string, ...args: readonly string[]): Promise<KeyturnResult>;
  /** The same, with an environment, input or the like. */
  runWith(options: KeyturnOptions, command: string, ...args: readonly string[]): Promise<KeyturnResult>;
  /** Starts a command and leaves it running, with signals that it sends itself. */
  start(args: readonly string[], signals?: readonly SignalAtStep[]): RunningKeyturn;
  /** Rotates from the old to the new key without questions, and reads its JSON. */
  rotate(...args: readonly string[]): Promise<Rotation>;
  /** All rows of a query, each as an array; integers are bigints. */
  query(sql: string): readonly (readonly Stored[])[];
  /** The first column of a query. */
  values(sql: string): readonly Stored[];
  /** Changes the database as an application would. */
  change(work: (database: Database.Database) => void): void;
}

/** How a rotation ended; `result` is what `--json` printed. */
export interface Rotation {
  readonly code: number | null;
  readonly result: RunResult;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a scene's database is made, where it matters. */
export interface SceneOptions {
  readonly journalMode?: 'wal' | 'delete';
  readonly encoding?: 'UTF-8' | 'UTF-16le';
}

/** The flags of a rotation from the old to the new key of a scene. */
export const rotationKeys = ['--old-key', 'file:old.key', '--new-key', 'file:new.key'] as const;

/** Makes a scene whose database `build` fills in one transaction; it is gone when the test is finished. */
export function createScene(
  build: (database: Database.Database) => void,
  { journalMode = 'delete', encoding = 'UTF-8' }: SceneOptions = {},
): Scene {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-scene-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const role of Object.keys(testKeys) as KeyRole[]) {
    writeFernetKeyFile(join(folder, `${role}.key`), testKeys[role]);
  }
  const path = join(folder, 'fleet.db');
  const change: Scene['change'] = (work) => {
    withDatabase(path, work);
  };
  change((database) => {
    database.pragma(`encoding = '${encoding}'`);
    database.pragma(`journal_mode = ${journalMode}`);
    database.transaction(build)(database);
  });
  const runWith: Scene['runWith'] = (options, command, ...args) =>
    runKeyturn([...command.split(' '), '--database', 'fleet.db', ...args], { cwd: folder, ...options });
  const query: Scene['query'] = (sql) =>
    withDatabase(path, (database) => database.prepare(sql).safeIntegers().raw().all() as Stored[][]);
  return {
    folder,
    path,
    runWith,
    query,
    change,
    run: (command, ...args) => runWith({}, command, ...args),
    start: ([command = '', ...args], signals = []) =>
      startKeyturn([command, '--database', 'fleet.db', ...args], { cwd: folder, signals }),
    async rotate(...args) {
      const flags = ['--yes', '--json', '--progress', 'none'];
      const { code, stdout, stderr } = await runWith({}, 'rotate', ...rotationKeys, ...flags, ...args);
      return { code, stdout, stderr, result: JSON.parse(stdout) as RunResult };
    },
    values: (sql) => query(sql).map((row) => row[0] ?? null),
  };
}

/** A table `t(id, cell)` whose cells are the given values. */
export function tableOf(...cells: readonly Stored[]): (database: Database.Database) => void {
  return (database) => {
    database.exec('CREATE TABLE t(id INTEGER PRIMARY KEY, cell TEXT)');
    const insert = database.prepare('INSERT INTO t(cell) VALUES (?)');
    for (const cell of cells) insert.run(cell);
  };
}

/** A token under a key of the tests. */
export function token(role: KeyRole, plaintext = 'a value', choices: SealingChoices = {}): string {
  return sealReference(testKeys[role], Buffer.from(plaintext), choices);
}

/** What a stored value opens to under a key, or why it does not. */
export function opened(role: KeyRole, cell: Stored): string {
  if (typeof cell !== 'string' && !Buffer.isBuffer(cell)) return 'no cell';
  const result = openReference(testKeys[role], cell);
  return result.outcome === 'opened' ? result.plaintext.toString() : result.outcome;
}

/** The error of a command that was run with `--json`. */
export function errorOf({ stdout }: KeyturnResult): {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
  readonly hints: readonly string[];
} {
  return (JSON.parse(stdout) as { error: ReturnType<typeof errorOf> }).error;
}

function withDatabase<Result>(path: string, work: (database: Database.Database) => Result): Result {
  const database = new Database(path);
  try {
    return work(database);
  } finally {
    database.close();
  }
}
