import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, expect, onTestFinished, test } from 'vitest';
import { createFleetDatabase, testKeys, writeFernetKeyFile } from '../support/fleet-database.ts';
import { runKeyturn } from '../support/run-keyturn.ts';

/** Changes more pages than fit into its cache, so that half of them are on disk, and dies without a commit. */
const writerThatDies = `
import Database from 'better-sqlite3';
const database = new Database(process.argv[1]);
database.pragma('cache_size = 5');
database.exec('BEGIN IMMEDIATE');
database.exec("UPDATE metrics_history SET metrics_json_encrypted = 'never committed'");
process.kill(process.pid, 'SIGKILL');`;

let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-recovery-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  path = join(folder, 'fleet.db');
  createFleetDatabase({ path, key: testKeys.old, sizes: { metrics_history: 500 }, journalMode: 'delete' });
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  spawnSync(process.execPath, ['--input-type=module', '--eval', writerThatDies, path], { cwd });
  expect(existsSync(`${path}-journal`)).toBe(true);
});

test('a command that changes nothing says that a killed writer left something, and repairs it when asked', async () => {
  const before = readFileSync(path);
  const refused = await runKeyturn(['status', '--database', path]);
  expect(refused).toMatchObject({
    code: 15,
    stderr: expect.stringContaining('KT_RECOVERY_NEEDED') as string,
  });
  expect(readFileSync(path).equals(before)).toBe(true);
  // The flag that this hint names was once missing.
  expect(refused.stderr).toContain('--recover');
  const repaired = await runKeyturn(['status', '--database', path, '--recover']);
  expect(repaired.stderr).toContain('KT_MIGRATION_NOT_FOUND');
});

test('a rotation repairs what a killed writer left, unasked, and goes on', async () => {
  const keys = [
    ...['--old-key', writeFernetKeyFile(join(folder, 'old.key'), testKeys.old)],
    ...['--new-key', writeFernetKeyFile(join(folder, 'new.key'), testKeys.new)],
  ];
  const { code, stdout } = await runKeyturn(['rotate', '--database', path, ...keys, '--yes', '--json']);
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ state: 'succeeded', cells: { quarantined: 0 } });
});
