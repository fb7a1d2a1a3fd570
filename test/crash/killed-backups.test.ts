import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { backUpDatabase } from '../../src/lib/databases/sqlite/backup.ts';
import { fleetSizes } from '../support/fleet-database.ts';
import { runKeyturn, type KeyturnResult } from '../support/run-keyturn.ts';
import { createStage, runAndKillAt } from './stage.ts';
import { expectDone, expectKilled, expectRotated, rotation } from './step-kills.ts';

const stage = createStage(fleetSizes(20));

/** A rotation whose backup has a folder of its own. */
function rotationWithBackup(path: string): { readonly command: readonly string[]; readonly backup: string } {
  const backup = `${path}-backup/fleet.backup`;
  mkdirSync(dirname(backup), { recursive: true });
  return { command: [...rotation(stage, path), '--backup', backup], backup };
}

function neverNoted(): Promise<void> {
  throw new Error('there is no copy to note');
}

function expectOneCompleteBackup(backup: string): void {
  expect(readdirSync(dirname(backup))).toEqual(['fleet.backup']);
  expect(statSync(backup).mode & 0o777).toBe(0o600);
  expect(stage.check(backup)).toEqual({ damages: [], underOld: stage.tokens, underNew: 0 });
}

/** A database that takes a while to copy: a hundred mebibytes that are no cells. */
function heavyDatabase(): string {
  const path = stage.database('wal');
  const database = new DatabaseSync(path);
  database.exec(`CREATE TABLE ballast(id INTEGER PRIMARY KEY, content BLOB);
    WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number WHERE n < 100)
    INSERT INTO ballast SELECT n, zeroblob(1048576) FROM number`);
  database.close();
  return path;
}

/** A rotation that was killed while it copied the database; on a busy machine a kill may come too late. */
async function killedWhileCopying(): Promise<
  ReturnType<typeof rotationWithBackup> & { readonly path: string }
> {
  for (let attempt = 1; attempt <= 10; attempt += 1) {
    const path = heavyDatabase();
    const { command, backup } = rotationWithBackup(path);
    const { signal } = await killWhileCopying(command, `${backup}.partial`);
    if (signal === 'SIGKILL' && existsSync(`${backup}.partial`)) return { path, command, backup };
  }
  throw new Error('no kill met a copy that was half done');
}

/** Starts a command and kills it as soon as it has copied a part of the database. */
function killWhileCopying(command: readonly string[], partial: string): Promise<KeyturnResult> {
  let isOver = false;
  return runKeyturn(command, {
    onStderr: (text, signal) => {
      if (text.includes('backup started')) void killSoon(signal);
    },
  }).finally(() => {
    isOver = true;
  });

  async function killSoon(signal: (name: NodeJS.Signals) => void): Promise<void> {
    while (!isOver) {
      if ((statSync(partial, { throwIfNoEntry: false })?.size ?? 0) > 1_000_000) signal('SIGKILL');
      await sleep(1);
    }
  }
}

describe('a backup', () => {
  it.concurrent('that is killed half way has no name yet, and is made anew', async () => {
    const { path, command, backup } = await killedWhileCopying();
    expect(existsSync(backup)).toBe(false);
    expect(stage.check(path)).toEqual({ damages: [], underOld: stage.tokens, underNew: 0 });
    expectDone(await runKeyturn(command));
    expectRotated(stage, path);
    expectOneCompleteBackup(backup);
  });

  it.concurrent.each(['backup copied', 'backup named'] as const)(
    'that is killed at "%s" is completed, not taken for the file of somebody else',
    async (step) => {
      const path = stage.database('wal');
      const { command, backup } = rotationWithBackup(path);
      expectKilled(await runAndKillAt(command, { step, occurrence: 1 }));
      expectDone(await runKeyturn(command));
      expectRotated(stage, path);
      expectOneCompleteBackup(backup);
    },
  );

  it.concurrent('never takes the place of a file that is there', async () => {
    const path = stage.database('wal');
    const { command, backup } = rotationWithBackup(path);
    writeFileSync(backup, 'the only copy of something else');
    const { code, stderr } = await runKeyturn(command);
    expect(code).toBe(15);
    expect(stderr).toContain('exists already');
    expect(readFileSync(backup, 'utf8')).toBe('the only copy of something else');
  });

  it('is not begun where there is no room for it from the start', async () => {
    // A file system that is always full, for everybody.
    const backup = { source: stage.database('wal'), destination: '/proc/fleet.backup', note: neverNoted };
    await expect(backUpDatabase(backup)).rejects.toMatchObject({ code: 'KT_BACKUP_SPACE', exitCode: 75 });
  });

  it.concurrent(
    'for which the disk has no room leaves nothing behind, changes nothing and exits 75',
    async () => {
      const path = heavyDatabase();
      const { command, backup } = rotationWithBackup(path);
      const { code, stderr } = await runKeyturn(command, { fileSizeLimit: 20_000_000 });
      expect(code, stderr).toBe(75);
      expect(stderr).toContain('KT_BACKUP_FAILED');
      expect(readdirSync(dirname(backup))).toEqual([]);
      expect(stage.check(path)).toEqual({ damages: [], underOld: stage.tokens, underNew: 0 });
      expectDone(await runKeyturn(command));
      expectOneCompleteBackup(backup);
    },
  );
});
