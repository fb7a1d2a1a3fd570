import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import type { InitResult } from '../../src/lib/cli/results/init-result.ts';
import { bytesOf } from '../support/database-content.ts';
import { runKeyturn } from '../support/run-keyturn.ts';
import { createScene, errorOf, tableOf, token } from '../support/scene.ts';

test('what init writes is all a rotation needs; the database is only read', async () => {
  const scene = createScene(tableOf(token('old'), token('old')));
  const before = bytesOf(scene.path);
  const { code, stdout } = await scene.run(
    'init',
    '--old-key',
    'file:old.key',
    '--new-key',
    'file:new.key',
    '--json',
  );
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as InitResult).columns).toEqual({ fernet: ['t.cell'] });
  expect(bytesOf(scene.path)).toBe(before);
  expect(statSync(join(scene.folder, 'keyturn.config.yaml')).mode & 0o777).toBe(0o600);
  expect((await runKeyturn(['rotate', '--yes'], { cwd: scene.folder })).code).toBe(0);
});

test('after a migration, the key of the cells is where its new key is', async () => {
  const scene = createScene(tableOf(token('old'), token('old')));
  await scene.rotate('--no-backup');
  const { stdout } = await scene.run('init', '--json');
  expect(JSON.parse(stdout)).toMatchObject({ oldKey: `file:${scene.folder}/new.key`, newKey: null });
  expect(readFileSync(join(scene.folder, 'keyturn.config.yaml'), 'utf8')).toContain('# new: file:new.key');
});

test('a configuration elsewhere leads back to the same database and keys', async () => {
  const scene = createScene(tableOf(token('old')));
  mkdirSync(join(scene.folder, 'etc'));
  const output = 'etc/keyturn.config.yaml';
  await scene.run('init', '--old-key', 'file:old.key', '--new-key', 'file:new.key', '--output', output);
  expect((await runKeyturn(['plan'], { cwd: join(scene.folder, 'etc') })).code).toBe(0);
});

test('a file that exists is never overwritten, and a key is never written', async () => {
  const scene = createScene(tableOf(token('old')));
  writeFileSync(join(scene.folder, 'keyturn.config.yaml'), 'database: fleet.db\n');
  const existing = await scene.run('init', '--json');
  expect({ code: existing.code, error: errorOf(existing).code }).toEqual({
    code: 2,
    error: 'KT_CONFIG_EXISTS',
  });
  expect(readFileSync(join(scene.folder, 'keyturn.config.yaml'), 'utf8')).toBe('database: fleet.db\n');
  const key = readFileSync(join(scene.folder, 'old.key'), 'utf8');
  const literal = await scene.run('init', '--old-key', key, '--output', 'other.yaml', '--json');
  expect({ code: literal.code, error: errorOf(literal).code }).toEqual({ code: 2, error: 'KT_KEY_LITERAL' });
  expect(literal.stdout).not.toContain(key.slice(0, 8));
});

test('what a scan has found in plaintext is selected, so that encrypt needs nothing but a key', async () => {
  const scene = createScene((database) => {
    database.exec(
      'CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT, card TEXT, "odd.\nname" TEXT, age)',
    );
    const insert = database.prepare('INSERT INTO people VALUES (?, ?, ?, ?, ?)');
    for (let row = 0; row < 20; row += 1)
      insert.run(
        row,
        `person${String(row)}@example.com`,
        '4111 1111 1111 1111',
        `p${String(row)}@example.com`,
        row,
      );
  });
  const { code, stdout } = await scene.run('init', '--from-scan', '--json');
  expect(code).toBe(0);
  const { exposed, next } = JSON.parse(stdout) as InitResult;
  expect(exposed.map(({ name, sensitivity }) => [name, sensitivity])).toEqual([
    ['people.card', 'high'],
    ['people.email', 'medium'],
    ['people."odd.\nname"', 'medium'],
  ]);
  expect(next).toContain('keyturn encrypt --key REF');
  const flags = ['--key', 'file:new.key', '--yes', '--no-backup', '--json', '--progress', 'none'];
  const one = ['--column', 'people.card', '--index-key', 'file:third.key', '--dry-run'];
  const alone = await runKeyturn(['encrypt', ...flags, ...one], { cwd: scene.folder });
  expect(alone.code, alone.stdout).toBe(0);
  const encrypt = await runKeyturn(['encrypt', ...flags], { cwd: scene.folder });
  expect(encrypt.code, encrypt.stdout).toBe(0);
  expect(JSON.parse(encrypt.stdout)).toMatchObject({ cells: { rewritten: 60 } });
});
