import { dumpDatabase } from './postgres/dump-database.ts';
import { createPostgresScene } from './postgres/postgres-scene.ts';
import type { KeyturnResult } from './run-keyturn.ts';
import { createScene } from './scene.ts';
import type { RunningKeyturn, SignalAtStep } from './start-keyturn.ts';
import { readContent } from './table-content.ts';

/** What a test has to hold on, each of these. */
export const databaseKinds = ['sqlite', 'postgres'] as const;

/** A scene, whatever its database. */
export interface AnyScene {
  readonly folder: string;
  /** What `--database` is given. */
  readonly url: string;
  run(command: string, ...args: readonly string[]): Promise<KeyturnResult>;
  /** Starts a command and leaves it running, with signals that it sends itself. */
  start(args: readonly string[], signals?: readonly SignalAtStep[]): RunningKeyturn;
  /** Statements of the application. */
  change(sql: string): Promise<void>;
  /** All rows of a query, each value as text. */
  query(sql: string): Promise<readonly (readonly (string | null)[])[]>;
  /** Every definition and every value with its type, one line each, the ledger apart. */
  dump(): Promise<readonly string[]>;
}

/** Makes a scene on one kind of database with what the statements make; for tests of the project `postgres`. */
export function createSceneOn(kind: (typeof databaseKinds)[number], sql: string): Promise<AnyScene> {
  return kind === 'sqlite' ? Promise.resolve(onSqlite(sql)) : onPostgres(sql);
}

function onSqlite(sql: string): AnyScene {
  const scene = createScene((database) => database.exec(sql), { journalMode: 'wal' });
  return {
    folder: scene.folder,
    url: 'fleet.db',
    run: (command, ...args) => scene.run(command, ...args),
    start: (args, signals) => scene.start(args, signals),
    change(statements) {
      scene.change((database) => database.exec(statements));
      return Promise.resolve();
    },
    query: (text) =>
      Promise.resolve(
        scene.query(text).map((row) => row.map((value) => (value === null ? null : String(value)))),
      ),
    dump() {
      const { schema, tables, integrity } = readContent(scene.path);
      const rows = tables.flatMap(({ table, rows }) => rows.map((row) => `${table}: ${JSON.stringify(row)}`));
      return Promise.resolve([...schema, ...rows, integrity]);
    },
  };
}

async function onPostgres(sql: string): Promise<AnyScene> {
  const scene = await createPostgresScene(sql);
  return {
    folder: scene.folder,
    url: scene.url,
    run: (command, ...args) => scene.run(command, ...args),
    start: (args, signals) => scene.start(args, signals),
    async change(statements) {
      await scene.query(statements);
    },
    query: (text) => scene.query(text),
    dump: () => dumpDatabase(scene),
  };
}
