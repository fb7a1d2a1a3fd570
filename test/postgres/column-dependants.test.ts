import { expect, test } from 'vitest';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { errorOf } from '../support/scene.ts';
import { succeeds } from '../support/succeeds.ts';

const schema = `
  CREATE TABLE people(id bigint PRIMARY KEY, email text COLLATE "C" NOT NULL UNIQUE, kind text, tag text);
  CREATE TABLE letters(id bigint PRIMARY KEY, email text REFERENCES people(email));
  CREATE INDEX by_lower ON people(lower(email));
  CREATE STATISTICS together ON email, kind FROM people;
  CREATE VIEW addresses AS SELECT id, email FROM people;
  CREATE FUNCTION noted() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
  CREATE TRIGGER noted AFTER UPDATE OF email ON people FOR EACH ROW EXECUTE FUNCTION noted();
  CREATE UNIQUE INDEX by_tag ON people(tag); ALTER TABLE people ALTER tag SET NOT NULL;
  ALTER TABLE people REPLICA IDENTITY USING INDEX by_tag;
  ALTER TABLE people ALTER tag SET STORAGE EXTERNAL, ALTER tag SET STATISTICS 55, ALTER tag SET (n_distinct = -0.5);
  CREATE STATISTICS tagged ON tag, kind FROM people;
  GRANT SELECT (tag) ON people TO PUBLIC; GRANT UPDATE (tag) ON people TO pg_monitor WITH GRANT OPTION;
  INSERT INTO people SELECT n, 'p' || n || '@example.com', 'kind', 'tag number ' || n FROM generate_series(1, 40) AS n`;

const flags = ['--yes', '--json', '--progress', 'none', '--triggers', 'fire'] as const;

/** All that belongs to the column "tag", as the server has it. */
function describe(scene: PostgresScene): Promise<readonly unknown[]> {
  return scene.query(`
    SELECT concat_ws(' ', attstorage, attcollation::regcollation, attnotnull, to_jsonb(pg_attribute)->>'attstattarget', attoptions,
      attacl) FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = 'tag'
    UNION ALL SELECT pg_get_indexdef(indexrelid) || indisreplident FROM pg_index WHERE indrelid = 'people'::regclass
    UNION ALL SELECT pg_get_statisticsobjdef(oid) FROM pg_statistic_ext
    UNION ALL SELECT relreplident::text FROM pg_class WHERE oid = 'people'::regclass ORDER BY 1`);
}

test('whatever is made of a column is named first; a dropped one comes back with its settings and privileges', async () => {
  const scene = await createPostgresScene(schema);
  const before = await describe(scene);
  const encryption = ['--key', 'file:new.key', '--into', '{column}_sealed'];
  const planned = await scene.run('plan', '--encrypt', 'people.email', ...encryption, '--json');
  const { notes } = JSON.parse(planned.stdout) as PlanResult;
  const named = notes.map(({ kind, name, whenDropped }) => `${kind} ${name} ${String(whenDropped)}`);
  expect([...new Set(named)].sort(), planned.stderr).toEqual([
    'foreign key letters_email_fkey of letters keeps it',
    'index by_lower goes along',
    'replica identity an index undefined',
    'statistics together goes along',
    'trigger noted keeps it',
    'unique people_email_key of people goes along',
    'view addresses keeps it',
  ]);
  await succeeds(scene, 'encrypt', '--column', 'people.email', ...encryption, ...flags);
  const expanded = await describe(scene);
  const drop = ['--contract', 'drop', '--confirm'];
  const refused = errorOf(await scene.run('finalize', ...flags, ...drop, 'people.email'));
  expect(refused).toMatchObject({ code: 'KT_COLUMN_STAYS', exitCode: 2 });
  expect(refused.message).toContain('view addresses');
  expect(await describe(scene)).toEqual(expanded);
  await succeeds(scene, 'rollback', ...flags);

  await succeeds(scene, 'encrypt', '--column', 'people.tag', ...encryption, ...flags);
  await scene.query("SET application_name = 'billing'; UPDATE people SET tag = 'new ' || tag WHERE id <= 3");
  const status = JSON.parse((await scene.run('status', '--json')).stdout) as StatusResult;
  expect(status.plaintextWriters).toMatchObject([{ values: 3 }]);
  expect(status.plaintextWriters[0]?.writer).toMatch(/^billing as /u);
  const lost = errorOf(await scene.run('finalize', ...flags, ...drop, 'people.tag'));
  expect(lost).toMatchObject({ code: 'KT_UNIQUENESS_LOST', exitCode: 2 });
  expect(lost.hints[0]).toContain('--blind-index people.tag:exact,unique');
  const finalized = await succeeds(scene, 'finalize', ...drop, 'people.tag', '--drop-unique', ...flags);
  expect(finalized.warnings.join()).toMatch(/3 values by billing as/u);
  expect(
    await scene.query("SELECT 1 FROM pg_attribute WHERE attrelid = 'people'::regclass AND attname = 'tag'"),
  ).toEqual([]);
  await succeeds(scene, 'rollback', ...flags);
  expect(await describe(scene)).toEqual(before);
});

test('a partition cannot take cells into a column of its own', async () => {
  const scene =
    await createPostgresScene(`CREATE TABLE people(id bigint PRIMARY KEY, email text) PARTITION BY RANGE (id);
    CREATE TABLE people_1 PARTITION OF people FOR VALUES FROM (0) TO (100); INSERT INTO people VALUES (1, 'one@example.com')`);
  const encryption = ['--column', 'people_1.email', '--key', 'file:new.key', '--into', 'sealed', ...flags];
  const refused = errorOf(await scene.run('encrypt', ...encryption));
  expect(refused).toMatchObject({ code: 'KT_UNWRITABLE_COLUMN' });
  expect(refused.message).toContain('partition of "people"');
});
