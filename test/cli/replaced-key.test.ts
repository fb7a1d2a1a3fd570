import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { createFleetDatabase, testKeys, writeFernetKeyFile } from '../support/fleet-database.ts';
import { runKeyturn } from '../support/run-keyturn.ts';

test('verify notices that another key stands where the new key was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-replaced-key-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'fleet.db');
  createFleetDatabase({ path, key: testKeys.old });
  const old = writeFernetKeyFile(join(folder, 'old.key'), testKeys.old);
  const fresh = writeFernetKeyFile(join(folder, 'new.key'), testKeys.new);
  const run = (words: readonly string[]) => runKeyturn([...words, '--database', path, '--quiet']);
  expect(await run(['rotate', '--old-key', old, '--new-key', fresh, '--yes'])).toMatchObject({ code: 0 });
  expect(await run(['verify'])).toMatchObject({ code: 0 });

  copyFileSync(join(folder, 'old.key'), join(folder, 'new.key'));
  // The cells used to count as unknown, as if they were damaged.
  const refused = await run(['verify']);
  expect(refused.code).toBe(12);
  expect(refused.stderr).toMatch(/KT_WRONG_KEY/);
});

test('a rollback names the place whose key was replaced, and takes the key from where it was kept', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-replaced-key-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true });
  });
  const path = join(folder, 'fleet.db');
  createFleetDatabase({ path, key: testKeys.old });
  const configured = writeFernetKeyFile(join(folder, 'configured.key'), testKeys.old);
  const kept = writeFernetKeyFile(join(folder, 'kept.key'), testKeys.old);
  const fresh = writeFernetKeyFile(join(folder, 'new.key'), testKeys.new);
  const rotation = ['rotate', '--old-key', configured, '--new-key', fresh];
  const run = (words: readonly string[]) => runKeyturn([...words, '--database', path, '--yes', '--quiet']);
  expect(await run(rotation)).toMatchObject({ code: 0 });

  copyFileSync(join(folder, 'new.key'), join(folder, 'configured.key'));
  // It used to say that a rotation between equal keys changes nothing, and to suggest a third key.
  const refused = await run(['rollback']);
  expect(refused.code).toBe(12);
  expect(refused.stderr).toMatch(/KT_WRONG_KEY/);
  expect(refused.stderr).toMatch(/configured\.key .*both places hold the same key now/);
  expect(refused.stderr).toMatch(/--old-key file:PATH/);

  expect(await run(['rollback', '--old-key', kept])).toMatchObject({ code: 0 });
});
