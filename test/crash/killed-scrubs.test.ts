import { copyFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import Database from 'better-sqlite3';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ScrubResult } from '../../src/lib/cli/results/scrub-result.ts';
import { scrubSteps } from '../../src/lib/model/runs/step.ts';
import { testKeys, writeFernetKeyFile } from '../support/fleet-database.ts';
import { runKeyturn, type KeyturnOptions, type KeyturnResult } from '../support/run-keyturn.ts';
import { startKeyturn } from '../support/start-keyturn.ts';
import { mountSmallDisk } from './small-disk.ts';

const killer = pathToFileURL(join(import.meta.dirname, '../support/kill-at-step.js')).href;
const rows = 4000;

/** A database of each journal mode, encrypted once; every test works on a copy. */
let original: string;
let content: readonly unknown[];

beforeAll(async () => {
  original = mkdtempSync(join(tmpdir(), 'keyturn-scrubs-'));
  writeFernetKeyFile(join(original, 'new.key'), testKeys.new);
  const database = new Database(join(original, 'fleet.db'));
  database.exec('CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT); CREATE TABLE loose(name TEXT)');
  database.transaction(() => {
    const insert = database.prepare('INSERT INTO people(email) VALUES (?)');
    for (let row = 0; row < rows; row += 1) insert.run(`${String(row * 7919)}.person@example.com`);
    database.exec(
      "INSERT INTO loose SELECT 'name ' || id FROM people WHERE id < 20; DELETE FROM loose WHERE rowid % 3 = 0",
    );
  })();
  database.exec('CREATE INDEX by_email ON people(email); ANALYZE');
  database.close();
  const run = ['--key', 'file:new.key', '--no-backup', '--yes', '--progress', 'none'];
  const encrypt = ['encrypt', '--database', 'fleet.db', '--column', 'people.email', ...run];
  const { code, stderr } = await runKeyturn(encrypt, { cwd: original });
  expect(code, stderr).toBe(0);
  content = contentOf(join(original, 'fleet.db'));
  return () => {
    rmSync(original, { recursive: true, force: true });
  };
});

function contentOf(path: string): readonly unknown[] {
  const database = new Database(path);
  try {
    expect(database.pragma('integrity_check', { simple: true })).toBe('ok');
    return [
      ...database.prepare('SELECT id, email FROM people ORDER BY id').all(),
      ...database.prepare('SELECT rowid, name FROM loose ORDER BY rowid').all(),
    ];
  } finally {
    database.close();
  }
}

interface Copy {
  readonly folder: string;
  readonly path: string;
  scrub(options?: KeyturnOptions): Promise<KeyturnResult>;
}

const flags = ['--yes', '--json', '--progress', 'none', '--new-key', 'file:new.key'] as const;

function copyInto(folder: string, journalMode: 'wal' | 'delete'): Copy {
  const path = join(folder, 'fleet.db');
  copyFileSync(join(original, 'fleet.db'), path);
  copyFileSync(join(original, 'new.key'), join(folder, 'new.key'));
  const database = new Database(path);
  database.pragma(`journal_mode = ${journalMode}`);
  database.close();
  const command = ['scrub', '--database', 'fleet.db', ...flags];
  return { folder, path, scrub: (options = {}) => runKeyturn(command, { cwd: folder, ...options }) };
}

function copy(journalMode: 'wal' | 'delete', onTestFinished: (work: () => void) => void): Copy {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-scrub-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return copyInto(folder, journalMode);
}

async function expectScrubbed(scene: Copy): Promise<void> {
  const { code, stdout, stderr } = await scene.scrub();
  expect(code, stdout + stderr).toBe(0);
  expect(JSON.parse(stdout) as ScrubResult).toMatchObject({ state: 'clean', found: 0 });
  expect(contentOf(scene.path)).toEqual(content);
  const database = new Database(scene.path);
  expect(database.prepare("SELECT 1 FROM sqlite_schema WHERE name GLOB 'keyturn_rowids*'").all()).toEqual([]);
  database.close();
}

const kills = scrubSteps.flatMap((step) => [
  { step, journalMode: 'wal' } as const,
  { step, journalMode: 'delete' } as const,
]);

describe('a scrub', () => {
  test.concurrent.for(kills)(
    'killed at "$step", journal mode $journalMode, has changed nothing and can be run again',
    async ({ step, journalMode }, { onTestFinished }) => {
      const scene = copy(journalMode, onTestFinished);
      const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: `${step}:1` };
      expect((await scene.scrub({ env })).signal).toBe('SIGKILL');
      expect(contentOf(scene.path)).toEqual(content);
      if (step !== 'scrub finished') await expectScrubbed(scene);
    },
  );

  test.concurrent(
    'that meets another one is refused, and the other one goes on',
    async ({ onTestFinished }) => {
      const scene = copy('wal', onTestFinished);
      const first = startKeyturn(['scrub', '--database', 'fleet.db', ...flags], {
        cwd: scene.folder,
        signals: [{ step: 'scrub begun', occurrence: 1, signal: 'SIGSTOP' }],
      });
      await first.standsStill();
      const second = await scene.scrub();
      expect(second.code).toBe(11);
      expect(second.stdout).toContain('KT_LOCKED');
      first.signal('SIGCONT');
      expect(await first.ended).toMatchObject({ code: 0, json: { state: 'clean' } });
    },
  );

  test.concurrent('stops at a signal with its exit code, having lost nothing', async ({ onTestFinished }) => {
    const scene = copy('delete', onTestFinished);
    const first = startKeyturn(['scrub', '--database', 'fleet.db', ...flags], {
      cwd: scene.folder,
      signals: [{ step: 'log emptied', occurrence: 1, signal: 'SIGINT' }],
    });
    expect(await first.ended).toMatchObject({ code: 130, json: { error: { code: 'KT_INTERRUPTED' } } });
    expect(contentOf(scene.path)).toEqual(content);
    await expectScrubbed(scene);
  });

  test.concurrent(
    'ends with exit 75 where files cannot grow, and can be run again',
    async ({ onTestFinished }) => {
      const scene = copy('wal', onTestFinished);
      const { code, stdout } = await scene.scrub({
        fileSizeLimit: Math.floor(statSync(scene.path).size / 2),
      });
      expect(code, stdout).toBe(75);
      expect(contentOf(scene.path)).toEqual(content);
      await expectScrubbed(scene);
    },
  );

  test('refuses a disk without room for a second copy before it writes anything', async ({
    skip,
    onTestFinished,
  }) => {
    const size = statSync(join(original, 'fleet.db')).size;
    const disk = mountSmallDisk(Math.floor((1.8 * size) / 1024));
    if (!disk) return skip('this user may not mount a disk');
    onTestFinished(() => {
      disk.remove();
    });
    const scene = copyInto(disk.folder, 'delete');
    const refused = await scene.scrub();
    expect(refused.code).toBe(75);
    expect(refused.stdout).toContain('KT_DISK_FULL');
    expect(contentOf(scene.path)).toEqual(content);
    disk.enlarge();
    await expectScrubbed(scene);
  });
});
