import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll } from 'vitest';
import type { Step } from '../../src/lib/model/runs/step.ts';
import {
  createFleetDatabase,
  testKeys,
  writeFernetKeyFile,
  type FleetSizes,
  type FleetTruth,
} from '../support/fleet-database.ts';
import { checkIndependently, type CheckReport } from '../support/independent-check.ts';
import { runKeyturn, type KeyturnOptions, type KeyturnResult } from '../support/run-keyturn.ts';

export const journalModes = ['wal', 'delete'] as const;
/** How SQLite keeps its transactions: in a log, or in a rollback journal. */
export type JournalMode = (typeof journalModes)[number];

/** Where databases are made to be crashed into; everything is gone after the tests of the file. */
export interface Stage {
  readonly folder: string;
  readonly truth: FleetTruth;
  /** How many tokens the database holds. */
  readonly tokens: number;
  /** Flags that name both keys. */
  readonly keyFlags: readonly string[];
  /** A fresh copy of the database, under the old key. */
  database(journalMode: JournalMode): string;
  /** The same after a rotation: everything is under the new key, and the ledger knows. */
  rotatedDatabase(journalMode: JournalMode): Promise<string>;
  check(path: string): CheckReport;
}

/** Builds a fleet of the given sizes once in each journal mode; copies are cheap. */
export function createStage(sizes: FleetSizes): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-crash-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });
  const truths = journalModes.map((journalMode) =>
    createFleetDatabase({ path: join(folder, `${journalMode}.db`), key: testKeys.old, sizes, journalMode }),
  );
  const keyFlags = [
    ...['--old-key', writeFernetKeyFile(join(folder, 'old.key'), testKeys.old)],
    ...['--new-key', writeFernetKeyFile(join(folder, 'new.key'), testKeys.new)],
  ];
  const truth = truths[0] ?? { rows: [] };
  let copies = 0;
  const copyOf = (original: string): string => {
    copies += 1;
    const path = join(folder, `copy-${copies}.db`);
    copyFileSync(original, path);
    return path;
  };
  const rotated = new Map<JournalMode, Promise<string>>();
  const rotate = async (journalMode: JournalMode): Promise<string> => {
    const path = copyOf(join(folder, `${journalMode}.db`));
    const { code, stderr } = await runKeyturn([
      ...['rotate', '--database', path, ...keyFlags],
      ...['--yes', '--no-backup', '--exclusive'],
    ]);
    if (code !== 0) throw new Error(`the rotation to begin with failed: ${stderr}`);
    return path;
  };
  return {
    folder,
    truth,
    tokens: truth.rows.flatMap(({ cells }) => Object.values(cells)).filter(({ kind }) => kind === 'token')
      .length,
    keyFlags,
    database: (journalMode) => copyOf(join(folder, `${journalMode}.db`)),
    async rotatedDatabase(journalMode) {
      const original = rotated.get(journalMode) ?? rotate(journalMode);
      rotated.set(journalMode, original);
      return copyOf(await original);
    },
    check: (path) => checkIndependently(path, truth, testKeys),
  };
}

/** Runs a command that is killed at the given occurrence of a step, from 1. */
export function runAndKillAt(
  args: readonly string[],
  { step, occurrence }: { readonly step: Step; readonly occurrence: number },
): Promise<KeyturnResult> {
  return runKeyturn(args, watched({ KEYTURN_TEST_KILL_AT: `${step}:${occurrence}` }));
}

/** Runs a command to its end and counts how often it reached each step. */
export async function countSteps(
  args: readonly string[],
  countFile: string,
): Promise<Partial<Record<Step, number>>> {
  const { code, stderr } = await runKeyturn(args, watched({ KEYTURN_TEST_COUNT_STEPS: countFile }));
  if (code !== 0) throw new Error(`the run that counts steps failed: ${stderr}`);
  return JSON.parse(readFileSync(countFile, 'utf8')) as Partial<Record<Step, number>>;
}

function watched(env: Readonly<Record<string, string>>): KeyturnOptions {
  const listener = pathToFileURL(join(import.meta.dirname, '..', 'support', 'kill-at-step.js')).href;
  return { env: { NODE_OPTIONS: `--import=${listener}`, ...env } };
}
