import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { onTestFinished } from 'vitest';
import { createFleetDatabase, fleetSizes, testKeys, writeFernetKeyFile } from './fleet-database.ts';
import { compareWithTruth, recordTruth, type LiveFindings } from './live-truth.ts';
import type { WriterOrders } from './live-writer.ts';
import { runKeyturn } from './run-keyturn.ts';
import { rotationKeys } from './scene.ts';
import {
  parseIfJson,
  startKeyturn,
  type EndedKeyturn,
  type RunningKeyturn,
  type SignalAtStep,
} from './start-keyturn.ts';
import { startWriter, type LiveWriter } from './start-writer.ts';

/** A fleet database, all of it under the old key, with its truth and the means to work on it. */
export interface LiveFleet {
  readonly folder: string;
  readonly path: string;
  /** Starts a command on the database with `--json` and one line of JSON on stderr for each event. */
  start(command: string, options?: StartedWith): RunningKeyturn;
  /** Starts a rotation from the old to the new key, without questions and without a backup. */
  startRotation(options?: StartedWith): RunningKeyturn;
  /** Runs a command on the database with `--json`. */
  run(command: string, ...args: readonly string[]): Promise<EndedKeyturn>;
  /** Runs a rotation as `startRotation` starts it. */
  rotate(...args: readonly string[]): Promise<EndedKeyturn>;
  startWriter(orders: Omit<WriterOrders, 'path'>): Promise<LiveWriter>;
  /** Compares every cell with what was written last. */
  compare(): LiveFindings;
  /** A connection as another process has it; closed when the test is finished. */
  connect(): Database.Database;
  /** The same for one piece of work that does not wait. */
  use<Result>(work: (database: Database.Database) => Result): Result;
}

/** Further arguments, and signals that the command shall get. */
export interface StartedWith {
  readonly args?: readonly string[];
  readonly signals?: readonly SignalAtStep[];
}

/** How large a fleet is, in rows of its largest table, and how its database keeps transactions. */
export interface LiveFleetOptions {
  readonly metrics: number;
  readonly journalMode?: 'wal' | 'delete';
}

const rotationFlags = [...rotationKeys, '--yes', '--no-backup', '--progress', 'json'] as const;

/** Makes a fleet in a folder of its own; it is gone when the test is finished. */
export function createLiveFleet({ metrics, journalMode = 'wal' }: LiveFleetOptions): LiveFleet {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-live-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const path = join(folder, 'fleet.db');
  recordTruth(
    path,
    createFleetDatabase({ path, key: testKeys.old, sizes: fleetSizes(metrics), journalMode }),
  );
  writeFernetKeyFile(join(folder, 'old.key'), testKeys.old);
  writeFernetKeyFile(join(folder, 'new.key'), testKeys.new);
  const onDatabase = ['--database', 'fleet.db', '--json'] as const;
  const start: LiveFleet['start'] = (command, { args = [], signals = [] } = {}) =>
    startKeyturn([command, ...onDatabase, ...args], { cwd: folder, signals });
  const run: LiveFleet['run'] = async (command, ...args) => {
    const ended = await runKeyturn([command, ...onDatabase, ...args], { cwd: folder });
    return { ...ended, json: parseIfJson(ended.stdout) };
  };
  return {
    folder,
    path,
    start,
    startRotation: ({ args = [], ...rest } = {}) =>
      start('rotate', { ...rest, args: [...rotationFlags, ...args] }),
    run,
    rotate: (...args) => run('rotate', ...rotationFlags, ...args),
    startWriter: (orders) => startWriter({ path, ...orders }),
    compare: () => compareWithTruth(path),
    connect() {
      const database = new Database(path, { timeout: 10_000 });
      onTestFinished(() => {
        database.close();
      });
      return database;
    },
    use(work) {
      const database = new Database(path, { timeout: 10_000 });
      try {
        return work(database);
      } finally {
        database.close();
      }
    },
  };
}
