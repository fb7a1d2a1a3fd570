import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFleetDatabase, testKeys, writeFernetKeyFile } from '../support/fleet-database.ts';
import { runKeyturn } from '../support/run-keyturn.ts';

test('a dry run succeeds and changes no byte of a database that was closed cleanly', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-dry-run-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'fleet.db');
  createFleetDatabase({ path, key: testKeys.old });
  const before = readFileSync(path);
  const keys = {
    old: writeFernetKeyFile(join(folder, 'old.key'), testKeys.old),
    new: writeFernetKeyFile(join(folder, 'new.key'), testKeys.new),
  };
  const { code, stdout } = await runKeyturn([
    ...['rotate', '--dry-run', '--database', path, '--json'],
    ...['--old-key', keys.old, '--new-key', keys.new],
  ]);
  // It once failed at its end: the rehearsal skipped a state that the ledger does not let it skip.
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    state: 'rehearsed',
    migration: null,
    cells: { quarantined: 0 },
  });
  expect(readFileSync(path).equals(before)).toBe(true);
});
