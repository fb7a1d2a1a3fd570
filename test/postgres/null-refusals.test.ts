import { expect, test } from 'vitest';
import { createSceneOn, databaseKinds, type AnyScene } from '../support/scene-on.ts';
import { errorOf, token } from '../support/scene.ts';

const rows = "INSERT INTO people VALUES (1, 'a@x.org', 'Ada'), (2, 'b@x.org', 'Ben');";

/** `email` forbids NULL in a way that outlasts its retirement, `name` in two ways that go with it. */
const tables = {
  sqlite: `CREATE TABLE people(id integer PRIMARY KEY, email text,
      name text NOT NULL CONSTRAINT named CHECK (name IS NOT NULL AND length(name) > 1),
      CHECK (coalesce(email, '') <> '')); ${rows}`,
  postgres: `CREATE DOMAIN address AS text CHECK (VALUE IS NOT NULL);
    CREATE TABLE people(id integer PRIMARY KEY, email address,
      name text NOT NULL CONSTRAINT named CHECK (name IS NOT NULL AND length(name) > 1)); ${rows}`,
};

/** Starts the encryption of one column into another; what it says on the way. */
async function encrypt(scene: AnyScene, column: string): Promise<string> {
  const flags = ['--key', 'file:new.key', '--format', 'fernet', '--into', '{column}_sealed', '--yes'];
  const { code, stderr } = await scene.run('encrypt', '--column', `people.${column}`, ...flags);
  expect(code, stderr).toBe(0);
  return stderr;
}

async function finishes(scene: AnyScene, command: string, ...flags: readonly string[]): Promise<void> {
  const { code, stderr } = await scene.run(command, '--yes', '--progress', 'none', ...flags);
  expect(code, stderr).toBe(0);
}

async function isRefused(scene: AnyScene, sql: string): Promise<void> {
  const change = async (): Promise<void> => {
    await scene.change(sql);
  };
  await expect(change).rejects.toThrow();
}

test.each(databaseKinds)(
  'a column that cannot be emptied is named by the plan, and refused before it is frozen (%s)',
  async (kind) => {
    const scene = await createSceneOn(kind, tables[kind]);
    const before = await scene.dump();
    expect(await encrypt(scene, 'email')).toContain('people.email: ');
    const confirmed = ['--confirm', 'people.email'];
    const refused = await scene.run('finalize', '--yes', ...confirmed);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('KT_NULL_REFUSED');
    expect(refused.stderr).toContain('column "email" of table "people" cannot be emptied');
    // SQLite drops no column that a CHECK of the table names.
    expect(refused.stderr.includes('--contract drop')).toBe(kind === 'postgres');
    await scene.change("UPDATE people SET email = 'new@x.org' WHERE id = 1");
    if (kind === 'postgres') await finishes(scene, 'finalize', ...confirmed, '--contract', 'drop');
    await finishes(scene, 'rollback');
    await isRefused(scene, 'UPDATE people SET email = NULL WHERE id = 1');
    expect(await scene.query('SELECT email, name FROM people WHERE id = 1')).toEqual([['new@x.org', 'Ada']]);
    await scene.change("UPDATE people SET email = 'a@x.org' WHERE id = 1");
    // A column that was dropped is the last one of its table afterwards.
    const isSame = (line: string): boolean => kind === 'sqlite' || !/^(?:column )?people\b/u.test(line);
    expect((await scene.dump()).filter(isSame)).toEqual(before.filter(isSame));
  },
);

test.each(databaseKinds)(
  'a CHECK of the column itself goes while it is empty, comes back with it, and refuses a rollback that it would not let pass (%s)',
  async (kind) => {
    const scene = await createSceneOn(kind, tables[kind]);
    const before = await scene.dump();
    expect(await encrypt(scene, 'name')).not.toContain('people.name: ');
    await finishes(scene, 'finalize', '--confirm', 'people.name');
    expect((await scene.query('SELECT count(*) FROM people WHERE name IS NULL'))[0]).toEqual(['2']);
    await scene.change(`UPDATE people SET name_sealed = '${token('new', 'x')}' WHERE id = 1`);
    const refused = await scene.run('rollback', '--yes');
    expect(refused.code, refused.stderr).toBe(16);
    expect(refused.stderr).toContain('KT_COLUMN_NOT_RESTORED');
    await scene.change("UPDATE people SET name = 'Ada' WHERE id = 1");
    await finishes(scene, 'rollback');
    await isRefused(scene, "UPDATE people SET name = 'x'");
    expect(await scene.dump()).toEqual(before);
  },
);

test('a server is asked what it says to cells, and to a column without values, before anything is written', async () => {
  const scene = await createSceneOn(
    'postgres',
    `CREATE TABLE t(id integer PRIMARY KEY, email text CHECK (email LIKE '%@%'), document text, code text NOT NULL,
       coded text NOT NULL GENERATED ALWAYS AS (upper(code)) STORED, long text);
     CREATE INDEX by_path ON t (((document::jsonb)->>'path')); CREATE INDEX by_long ON t (long);
     INSERT INTO t(id, email, document, code, long)
       SELECT i, i || '@x.org', json_build_object('path', i), 'c', repeat('x', 1000 * i) FROM generate_series(1, 3) AS i;`,
  );
  const encryption = (column: string) => ['--column', `t.${column}`, '--key', 'file:new.key', '--yes'];
  const rules = { email: 'CHECK t_email_check', document: 'index by_path' };
  for (const [column, by] of Object.entries(rules)) {
    const refused = await scene.run('encrypt', ...encryption(column), '--json');
    expect(errorOf(refused)).toMatchObject({ code: 'KT_CELLS_REFUSED', exitCode: 2 });
    expect(errorOf(refused).message).toContain(by);
  }
  expect(await scene.query("SELECT 1 FROM pg_class WHERE relname LIKE 'keyturn%'")).toEqual([]);
  const planned = await scene.run('plan', '--encrypt', 't.long', '--key', 'file:new.key');
  expect(planned.stdout).toContain('2,704 bytes, refuses the cells of 2 of 3 rows tried');
  await finishes(scene, 'encrypt', ...encryption('code').slice(0, -1), '--into', '{column}_sealed');
  const refused = await scene.run('finalize', '--yes', '--confirm', 't.code', '--json');
  expect(errorOf(refused).message).toContain('the generated column coded (NOT NULL)');
});
