import { expect, test } from 'vitest';
import type { GuardResult } from '../../src/lib/cli/results/guard-result.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { peopleTable, tokenBytes } from '../support/postgres/token-table.ts';
import { rotationKeys, token } from '../support/scene.ts';

async function guard(scene: PostgresScene, ...args: readonly string[]): Promise<GuardResult['guards']> {
  const { code, stdout, stderr } = await scene.run('guard', ...args, '--json');
  expect(code, stderr + stdout).toBe(0);
  return (JSON.parse(stdout) as GuardResult).guards;
}

test('a guard counts what others write, names who writes no cells, and lets keyturn pass; enforced, it refuses them', async () => {
  const scene = await createPostgresScene(`${peopleTable(6)} ALTER TABLE people ADD notes text[];`);
  const role = `writer_${crypto.randomUUID().slice(0, 8)}`;
  await scene.query(`UPDATE people SET notes = ARRAY['${token('old')}']`);
  await scene.query(`CREATE ROLE ${role} LOGIN`);
  await scene.query(`GRANT INSERT, UPDATE, SELECT ON people TO ${role}`);
  const run = ['rotate', ...rotationKeys, '--yes', '--progress', 'none'] as const;
  expect(await scene.run(...run)).toMatchObject({ code: 0 });
  expect(
    (await guard(scene, 'observe')).map(({ column, writes, unfit }) => ({ column, writes, unfit })),
  ).toEqual([
    { column: 'secret', writes: 0, unfit: 0 },
    { column: 'photo', writes: 0, unfit: 0 },
    { column: 'notes', writes: 0, unfit: 0 },
  ]);
  const application = await scene.connect();
  await application.query(`SET ROLE ${role}`);
  const write = 'UPDATE people SET secret = $1, photo = $2, notes = $3 WHERE id = 1';
  await application.query(write, [token('new', 'fine'), Buffer.from(token('new', 'fine')), [token('new')]]);
  await application.query(write, ['plain text', Buffer.from('plain bytes'), [token('new'), 'plain']]);
  await application.query("UPDATE people SET name = 'untouched', secret = secret");
  await application.query("UPDATE people SET secret = '', photo = NULL, notes = '{}' WHERE id = 2");
  // keyturn's own writes, and a run that a guard does not disturb.
  expect(await scene.run('rollback', '--yes')).toMatchObject({ code: 3 });
  const seen = await guard(scene);
  const writers = ['the application as keyturn'];
  expect(seen).toMatchObject([
    { column: 'secret', state: 'in place', writes: 3, unfit: 1, writers },
    { column: 'photo', state: 'in place', writes: 3, unfit: 1, writers },
    { column: 'notes', state: 'in place', writes: 3, unfit: 1, writers },
  ]);
  expect(seen[0]?.lastWriteAt).toBeGreaterThan(Date.now() - 3_600_000);
  await guard(scene, 'enforce', '--yes');
  const refused = application.query("UPDATE people SET secret = 'plain' WHERE id = 3");
  await expect(refused).rejects.toThrow('keyturn guards this column');
  await application.query('INSERT INTO people(secret, photo) VALUES ($1, $2)', [
    token('new'),
    tokenBytes('new', 'x'),
  ]);
  await scene.query('ALTER TABLE people RENAME COLUMN secret TO hidden');
  // A rename is nobody's business: the column is guarded under its new name, and another one that gets the old name is not.
  await scene.query('ALTER TABLE people RENAME COLUMN name TO secret');
  await application.query('INSERT INTO people(hidden, secret) VALUES ($1, $2)', [token('new'), 'a name']);
  await expect(application.query("UPDATE people SET hidden = 'plain' WHERE id = 3")).rejects.toThrow(
    'keyturn guards this column',
  );
  expect((await guard(scene)).map(({ state, calledNow }) => calledNow ?? state)).toEqual([
    'people.hidden',
    'in place',
    'in place',
  ]);
  expect((await scene.run('doctor')).stdout).toMatch(/warn +write guards +people\.secret is people\.hidden/u);
  await scene.query(
    'ALTER TABLE people RENAME COLUMN secret TO name; ALTER TABLE people RENAME COLUMN hidden TO secret',
  );
  expect(await guard(scene, 'off')).toEqual([]);
  expect(await scene.query("SELECT relname FROM pg_class WHERE relname ~ '^keyturn_guard_[0-9]'")).toEqual(
    [],
  );
  await application.query("UPDATE people SET secret = 'plain' WHERE id = 3");
  expect(await scene.run('audit', 'verify')).toMatchObject({ code: 0 });
  await application.end();
  await scene.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`).catch(() => undefined);
});
