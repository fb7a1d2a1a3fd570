import { expect, test } from 'vitest';
import type { DoctorResult } from '../../src/lib/cli/results/doctor-result.ts';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { peopleTable } from '../support/postgres/token-table.ts';

const keys = ['--old-key', 'file:old.key', '--new-key', 'file:new.key'];

async function examine(scene: PostgresScene, url = scene.url): Promise<DoctorResult> {
  const { stdout } = await scene.runOn(url, 'doctor', ...keys, '--json');
  return JSON.parse(stdout) as DoctorResult;
}

test('doctor tells what on the server stands in the way, each with the command that mends it', async () => {
  const scene = await createPostgresScene(peopleTable(5));
  const healthy = await examine(scene);
  expect(healthy.counts.fail).toBe(0);
  const verdictOf = ({ findings }: DoctorResult, check: string): unknown =>
    findings.filter((finding) => finding.check === check).map(({ verdict }) => verdict);
  for (const check of [
    'server',
    'rights',
    'capabilities',
    'server log',
    'vacuum',
    'replication',
    'key sample',
  ]) {
    expect(verdictOf(healthy, check), check).toEqual(['ok']);
  }
  const role = `limited_${crypto.randomUUID().slice(0, 8)}`;
  await scene.query('REVOKE CREATE ON SCHEMA public FROM PUBLIC');
  await scene.query(`CREATE ROLE ${role} LOGIN`);
  await scene.query(`GRANT SELECT ON people TO ${role}`);
  await scene.query(
    `ALTER ROLE ${role} IN DATABASE ${scene.url.split('/').at(-1) ?? ''} SET log_statement = 'mod'`,
  );
  await scene.query('ALTER TABLE people SET (autovacuum_enabled = false)');
  const ill = await examine(scene, scene.url.replace('keyturn@', `${role}@`));
  expect(verdictOf(ill, 'rights')).toEqual(['fail', 'fail']);
  expect(verdictOf(ill, 'server log')).toEqual(['warn']);
  expect(verdictOf(ill, 'vacuum')).toEqual(['warn']);
  expect(verdictOf(ill, 'replication')).toEqual(['warn']);
  const grant = ill.findings.find(({ fix }) => fix?.includes('GRANT SELECT, UPDATE ON people') === true);
  expect(grant?.message).toBe('this user lacks UPDATE on people');
  await scene.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`).catch(() => undefined);
});

test('triggers of a ledger that was dropped are listed with the statements that remove them', async () => {
  const scene = await createPostgresScene(`CREATE TABLE people(id int PRIMARY KEY, name text, mail text);
    INSERT INTO people VALUES (1, 'a', 'b')`);
  const key = ['--key', 'file:new.key', '--yes', '-q'];
  const steps = [
    await scene.run('encrypt', ...key, '--column', 'people.mail', '--bind', 'none'),
    await scene.run('guard', 'observe', '--yes', '-q'),
    await scene.run('encrypt', ...key, '--column', 'people.name', '--into', '{column}_cells'),
  ];
  expect(
    steps.map(({ code }) => code),
    steps.map(({ stderr }) => stderr).join(''),
  ).toEqual([0, 0, 0]);
  const of = ({ findings }: DoctorResult, check: string): readonly unknown[] =>
    findings
      .filter((finding) => finding.check === check)
      .map(({ verdict, message }) => `${verdict}: ${message}`);
  const healthy = await examine(scene);
  expect(of(healthy, 'write guards')).toEqual([
    'ok: people.mail is guarded (observe), until "keyturn guard off"',
  ]);
  expect(of(healthy, 'left triggers')).toEqual(['ok: every trigger of keyturn is known to the ledger']);
  const tables = await scene.query(
    "SELECT relname FROM pg_class WHERE relname ~ '^keyturn_' AND relname !~ '[0-9]' AND relkind = 'r'",
  );
  await scene.query(`DROP TABLE ${tables.flat().join(', ')} CASCADE`);
  const insert = (id: number): Promise<unknown> => scene.query(`INSERT INTO people VALUES (${id}, 'c', 'd')`);
  await insert(2);
  const ill = await examine(scene);
  expect(of(ill, 'left triggers')).toEqual([
    expect.stringMatching(
      /^fail: triggers keyturn_guard_1_\.\.\. on "people" are of a write guard, and the ledger is gone/,
    ),
    expect.stringMatching(
      /^warn: functions keyturn_pair_1_\.\.\. are of a pair of columns, and the ledger is gone$/,
    ),
  ]);
  for (const { fix, check } of ill.findings) if (check === 'left triggers') await scene.query(fix ?? '');
  await insert(3);
  expect(of(await examine(scene), 'left triggers')).toEqual([
    'ok: every trigger of keyturn is known to the ledger',
  ]);
  expect(await scene.query("SELECT relname FROM pg_class WHERE relname ~ '^keyturn_guard'")).toEqual([]);
});

test('a plan says what depends on its columns, and what that means; in the end copies are named with what refreshes them', async () => {
  const scene = await createPostgresScene(`${peopleTable(5)}
    CREATE INDEX secrets ON people(secret);
    ALTER TABLE people ADD CONSTRAINT one UNIQUE (secret), ADD CONSTRAINT long CHECK (length(secret) > 10),
      ADD size int GENERATED ALWAYS AS (length(secret)) STORED, REPLICA IDENTITY FULL;
    CREATE TABLE followers(secret text REFERENCES people(secret) ON UPDATE CASCADE);
    CREATE VIEW seen AS SELECT secret FROM people;
    CREATE MATERIALIZED VIEW kept AS SELECT secret FROM people;
    CREATE MATERIALIZED VIEW "by way of another" AS SELECT * FROM seen; CREATE MATERIALIZED VIEW unfilled AS SELECT secret FROM people WITH NO DATA;
    CREATE FUNCTION reads() RETURNS text LANGUAGE sql BEGIN ATOMIC SELECT secret FROM people LIMIT 1; END;
    CREATE STATISTICS measured ON name, secret FROM people;
    CREATE PUBLICATION told FOR TABLE people;
    CREATE POLICY mine ON people USING (secret <> ''); ALTER TABLE people ENABLE ROW LEVEL SECURITY;
    CREATE INDEX elsewhere ON people(name); ALTER TABLE people ALTER secret SET NOT NULL;`);
  const { stdout, stderr } = await scene.run('plan', ...keys, '--json', '--column', 'people.secret');
  const { notes } = JSON.parse(stdout) as PlanResult;
  expect(notes.map(({ kind, name }) => `${kind} ${name}`).sort(), stderr).toEqual([
    'check long of people',
    'foreign key followers_secret_fkey of followers',
    'function reads()',
    'generated column size',
    'index secrets',
    'materialized view kept',
    'materialized view unfilled',
    'policy mine',
    'publication told',
    'replica identity full',
    'row security people',
    'statistics measured',
    'unique one of people',
    'view seen',
  ]);
  const shown = await scene.run('plan', ...keys);
  expect(shown.stdout).toContain('materialized view kept (table people): it keeps old cells until REFRESH');
  expect(shown.stdout).toContain('growth until a vacuum');
  await scene.query(
    'DROP TABLE followers; ALTER TABLE people DISABLE ROW LEVEL SECURITY, REPLICA IDENTITY DEFAULT',
  );
  const { code, stdout: told, stderr: failure, result } = await scene.rotate();
  expect(code, told + failure).toBe(0);
  expect(result.remains.filter((one) => one.includes('REFRESH')).map((one) => one.split(': ')[1])).toEqual([
    'REFRESH MATERIALIZED VIEW "by way of another";',
    'REFRESH MATERIALIZED VIEW kept;',
  ]);
  expect((await scene.run('status')).stdout).toContain('REFRESH MATERIALIZED VIEW kept;');
});

test('before plaintext is encrypted, settings that would write it into the log of the server are named', async () => {
  const scene = await createPostgresScene(peopleTable(5));
  await scene.query(`ALTER DATABASE ${scene.url.split('/').at(-1) ?? ''} SET log_min_duration_statement = 0`);
  const flags = [
    '--key',
    'file:new.key',
    '--column',
    'people.name',
    '--dry-run',
    '--json',
    '--progress',
    'none',
  ];
  const { stdout } = await scene.run('encrypt', ...flags);
  expect(stdout).toContain('log_min_duration_statement is');
});
