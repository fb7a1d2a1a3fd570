import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { createSceneOn, databaseKinds } from '../support/scene-on.ts';
import { rotationKeys, token } from '../support/scene.ts';

/** The query that the runbook gives for each kind of database. */
const runbook = readFileSync(new URL('../../docs/runbook.md', import.meta.url), 'utf8');
const queries = {
  sqlite: /sqlite3 fleet\.db "(SELECT [^"]+)" > drop\.sql/u.exec(runbook)?.[1] ?? '',
  postgres: /psql fleet -At -c "(SELECT [^"]+)" > drop\.sql/u.exec(runbook)?.[1] ?? '',
};
const namesLeft = {
  sqlite: "SELECT name FROM sqlite_schema WHERE name GLOB '*keyturn*'",
  postgres:
    "SELECT relname FROM pg_class WHERE relname ~ 'keyturn' UNION SELECT proname FROM pg_proc WHERE proname ~ 'keyturn' UNION SELECT tgname FROM pg_trigger WHERE tgname ~ 'keyturn'",
};

// Nothing said how to get rid of it, and whoever guessed left triggers behind that refuse what the application writes.
test.each(databaseKinds)('the runbook takes every trace of it out of a database: %s', async (kind) => {
  const scene = await createSceneOn(
    kind,
    `CREATE TABLE t(id integer PRIMARY KEY, cell text); INSERT INTO t VALUES (1, '${token('old')}')`,
  );
  expect((await scene.run('rotate', ...rotationKeys, '--yes', '--no-backup', '-q')).code).toBe(0);
  expect((await scene.run('guard', 'enforce', '--yes', '-q')).code).toBe(0);
  const statements = (await scene.query(queries[kind])).map(([statement]) => statement);
  expect(statements.length).toBeGreaterThan(10);
  await scene.change(statements.join('\n'));
  expect(await scene.query(namesLeft[kind])).toEqual([]);
  await scene.change("UPDATE t SET cell = 'plain'");
  await scene.change(`UPDATE t SET cell = '${token('new')}'`);
  const again = ['--old-key', 'file:new.key', '--new-key', 'file:old.key', '--yes', '--no-backup', '-q'];
  expect((await scene.run('rotate', ...again)).code).toBe(0);
});
