import { expect, test } from 'vitest';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { insertRows, peopleTable } from '../support/postgres/token-table.ts';
import { errorOf, opened, rotationKeys, token } from '../support/scene.ts';

const flags = [...rotationKeys, '--yes', '--progress', 'none'];

const oneCell = `CREATE TABLE t(id int PRIMARY KEY, cell text);
  ${insertRows('t', ['id', 'cell'], [['1', token('old')]])}`;

const auditTrigger = `${oneCell}
  CREATE TABLE audit(id int);
  CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN INSERT INTO audit VALUES (NEW.id); RETURN NEW; END';
  CREATE TRIGGER noting AFTER UPDATE OF cell ON t FOR EACH ROW EXECUTE FUNCTION note();`;

test('triggers never fire silently: the operator lets them fire, or keeps them quiet', async () => {
  const scene = await createPostgresScene(auditTrigger);
  const refused = await scene.run('rotate', ...flags);
  expect(refused).toMatchObject({ code: 5 });
  expect(refused.stderr).toContain('"noting" on "t"');
  expect(await scene.run('rotate', ...flags, '--triggers', 'suppress')).toMatchObject({ code: 0 });
  expect(await scene.query('SELECT count(*) FROM audit')).toEqual([['0']]);
  const copied = await scene.run(
    'rollback',
    '--yes',
    '--triggers',
    'fire',
    '--backup',
    'fleet.dump',
    '--json',
  );
  expect(errorOf(copied)).toMatchObject({ code: 'KT_NO_BACKUP_MADE', exitCode: 2 });
  expect(await scene.run('rollback', '--yes', '--triggers', 'fire')).toMatchObject({ code: 0 });
  expect(await scene.query('SELECT count(*) FROM audit')).toEqual([['1']]);
  // As somebody leaves it who has restored a part of a backup.
  await scene.query(`CREATE SCHEMA restored;
    CREATE TABLE restored.keyturn_meta(id int); CREATE TABLE restored.keyturn_migration(id int)`);
  const ambiguous = await scene.run('status', '--json');
  expect(errorOf(ambiguous)).toMatchObject({ code: 'KT_SEVERAL_LEDGERS', exitCode: 15 });
});

test('rows that a constraint or a trigger refuses are found one by one and reported; all others are rewritten', async () => {
  const scene = await createPostgresScene(`${peopleTable(40)}
    CREATE TABLE kept(id bigint PRIMARY KEY);
    INSERT INTO kept VALUES (7), (23);
    CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN
        IF NEW.id = 7 THEN RAISE 'not this one: %', OLD.secret; END IF;
        RETURN CASE WHEN NEW.id = 23 THEN NULL ELSE NEW END;
      END $$;
    CREATE TRIGGER refusing BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION refuse();`);
  const run = await scene.run('rotate', ...flags, '--triggers', 'fire', '--json');
  expect(run.code).toBe(3);
  expect(JSON.parse(run.stdout)).toMatchObject({ cells: { rewritten: 63, quarantined: 3 } });
  expect(run.stdout + run.stderr).not.toContain('gAAAA');
  const found = await scene.query('SELECT id, secret FROM people ORDER BY id');
  for (const [id, secret] of found) {
    expect(opened(id === '7' || id === '23' ? 'old' : 'new', secret ?? null)).toMatch(/^secret/u);
  }
  await scene.query('DROP TRIGGER refusing ON people');
  expect(await scene.run('rotate', ...flags)).toMatchObject({ code: 0 });
});

test('a cell that a trigger makes something else of, or refuses at the end alone, is left as it was', async () => {
  const trigger = (name: string, when: string, body: string): string =>
    `CREATE FUNCTION ${name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN ${body}; RETURN NEW; END $$;
     CREATE ${when} EXECUTE FUNCTION ${name}();`;
  const scene = await createPostgresScene(`${peopleTable(40)}
    ${trigger('early', 'TRIGGER early BEFORE UPDATE ON people FOR EACH ROW WHEN (NEW.id = 7)', 'NEW.secret = lower(NEW.secret)')}
    ${trigger('after', 'TRIGGER after AFTER UPDATE OF secret ON people FOR EACH ROW WHEN (NEW.id = 13 AND pg_trigger_depth() = 0)', 'UPDATE people SET secret = lower(NEW.secret) WHERE id = NEW.id')}
    ${trigger('late', 'CONSTRAINT TRIGGER late AFTER UPDATE ON people DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.id = 23)', "RAISE 'not this one' USING ERRCODE = 'ZZ001'")}`);
  const before = await scene.query('SELECT id, secret FROM people ORDER BY id');
  const run = await scene.run('rotate', ...flags, '--triggers', 'fire', '--json');
  expect(run.code, run.stdout).toBe(3);
  const after = await scene.query('SELECT id, secret FROM people ORDER BY id');
  for (const [row, [id, secret = null]] of after.entries()) {
    const stays = ['7', '13', '23'].includes(id ?? '');
    if (stays) expect(secret).toBe(before[row]?.[1]);
    else expect(opened('new', secret)).toMatch(/^secret/u);
  }
});

test('a rehearsal meets what a run would meet, and leaves nothing', async () => {
  const scene = await createPostgresScene(`${peopleTable(10)}
    ALTER TABLE people ADD CHECK (id <> 4 OR secret = '${token('old', 'secret 3')}') NOT VALID;`);
  const rehearsal = await scene.run('rotate', ...rotationKeys, '--dry-run', '--json', '--progress', 'none');
  expect(JSON.parse(rehearsal.stdout)).toMatchObject({ cells: { quarantined: 1 } });
  expect(await scene.query("SELECT relname FROM pg_class WHERE relname LIKE 'keyturn%'")).toEqual([]);
});

test('a row security policy that would hide rows is an error, not an empty table', async () => {
  const role = `limited_${crypto.randomUUID().slice(0, 8)}`;
  const scene = await createPostgresScene(`${oneCell}
    CREATE ROLE ${role} LOGIN; GRANT ALL ON t TO ${role}; GRANT ALL ON SCHEMA public TO ${role};
    ALTER TABLE t ENABLE ROW LEVEL SECURITY; CREATE POLICY none ON t USING (false);`);
  const run = await scene.runOn(scene.url.replace('keyturn@', `${role}@`), 'rotate', ...flags, '--json');
  expect(errorOf(run)).toMatchObject({ code: 'KT_DATABASE_UNAVAILABLE', exitCode: 15 });
  expect(run.stdout).toContain('a row security policy of table');
  await scene.query('ALTER TABLE t DISABLE ROW LEVEL SECURITY; REVOKE ALL ON t FROM PUBLIC, ' + role);
  const barred = await scene.runOn(scene.url.replace('keyturn@', `${role}@`), 'plan', ...rotationKeys);
  expect(barred.stderr).toContain('this user may not read table "t", or not write to it (42501)');
  expect(barred.stderr).toContain('GRANT SELECT, UPDATE ON t TO the_user');
  await scene.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`).catch(() => undefined);
});

test('rows are reached along their key: no table is read from its first row to its last, and none again and again', async () => {
  const rows = 5000;
  const scene =
    await createPostgresScene(`CREATE TABLE t(id uuid PRIMARY KEY DEFAULT gen_random_uuid(), cell text);
    ${insertRows(
      't',
      ['cell'],
      Array.from({ length: rows }, () => [token('old')]),
    )} SELECT pg_stat_reset();`);
  expect(await scene.run('rotate', ...flags, '--batch-rows', '100')).toMatchObject({ code: 0 });
  const [read] = await scene.query(
    "SELECT seq_scan, (SELECT sum(idx_tup_read) FROM pg_stat_user_indexes WHERE relname = 't') FROM pg_stat_user_tables WHERE relname = 't'",
  );
  // Planning takes a sample of blocks, which the server counts as a scan.
  expect(Number(read?.[0])).toBeLessThan(4);
  expect(Number(read?.[1])).toBeLessThan(25 * rows);
});

test.each([
  ['view', 'CREATE VIEW other AS SELECT * FROM t', "--table 't'"],
  ['materialized view', 'CREATE MATERIALIZED VIEW other AS SELECT * FROM t', "--table 't'"],
  [
    'partitioned table',
    'CREATE TABLE other(id int, cell text) PARTITION BY LIST (id); CREATE TABLE one PARTITION OF other FOR VALUES IN (1)',
    "--table 'one'",
  ],
])('a %s is no table: the tables that hold its rows are named instead', async (kind, sql, hint) => {
  const scene = await createPostgresScene(`${oneCell} ${sql};`);
  const refused = await scene.run('plan', ...rotationKeys, '--column', 'other.cell', '--json');
  expect(errorOf(refused)).toMatchObject({ code: 'KT_UNWRITABLE_COLUMN', exitCode: 2, hints: [hint] });
  expect(errorOf(refused).message).toContain(`it is a ${kind}, `);
});
