import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { rowsNotAsWritten, startApplication, truthTable } from '../support/postgres/live-application.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { insertRows, peopleTable } from '../support/postgres/token-table.ts';
import { opened, rotationKeys, token } from '../support/scene.ts';

const rows = 300;
const flags = [...rotationKeys, '--yes', '--progress', 'none'];

test('a rotation that is killed again and again under live writers loses nothing of theirs', async () => {
  const scene = await createPostgresScene(`${peopleTable(rows)} ${truthTable}`);
  const application = startApplication(scene, { clients: 3, rows });
  const lanes = ['--batch-rows', '3', '--connections', '4'];
  for (let kill = 0; kill < 4; kill += 1) {
    const killAfterMilliseconds = 700 + Math.random() * 1500;
    await scene.runWith({ killAfterMilliseconds }, 'rotate', ...flags, ...lanes);
  }
  const last = await scene.run('rotate', ...flags, ...lanes);
  const { failures, surprises } = await application.stop();
  expect(last.code, last.stderr).toBe(0);
  expect({ failures, surprises }).toEqual({ failures: [], surprises: [] });
  expect(await rowsNotAsWritten(scene)).toEqual([]);
});

test('no writer is the victim of a deadlock where foreign keys lead to the encrypted column', async () => {
  const secrets = Array.from({ length: rows }, (_, index) => token('old', `secret ${String(index)}`));
  const scene = await createPostgresScene(`
    CREATE TABLE accounts(id int PRIMARY KEY, secret text UNIQUE);
    ${insertRows(
      'accounts',
      ['id', 'secret'],
      secrets.map((secret, index) => [String(index), secret]),
    )}
    CREATE TABLE visits(id int PRIMARY KEY, account text REFERENCES accounts(secret) ON UPDATE CASCADE, times int);
    INSERT INTO visits SELECT id, secret, 0 FROM accounts;`);
  const over = new AbortController();
  const codes: string[] = [];
  // Each locks a visit first and an account second, whereas a rotation comes to the visits by way of the accounts.
  const writers = Array.from({ length: 3 }, async () => {
    const client = await scene.connect();
    while (!over.signal.aborted) {
      const [one, other] = [Math.floor(Math.random() * rows), Math.floor(Math.random() * rows)];
      try {
        await client.query('BEGIN');
        await client.query('UPDATE visits SET times = times + 1 WHERE id = $1', [one]);
        await client.query('SELECT FROM accounts WHERE id = $1 FOR KEY SHARE', [other]);
        await client.query('COMMIT');
      } catch (error) {
        codes.push((error as { code?: string }).code ?? String(error));
        await client.query('ROLLBACK');
      }
    }
  });
  const rotation = await scene.run('rotate', ...flags, '--table', 'accounts', '--batch-rows', '10');
  over.abort();
  await Promise.all(writers);
  expect(rotation.code, rotation.stderr).toBe(0);
  expect(codes).toEqual([]);
  const joined = await scene.query(
    'SELECT secret FROM accounts JOIN visits ON account = secret ORDER BY accounts.id',
  );
  expect(joined.map(([secret]) => opened('new', secret ?? null))).toEqual(
    secrets.map((_, index) => `secret ${String(index)}`),
  );
});

test('a statement that takes too long is done in halves', async () => {
  const scene = await createPostgresScene(`${peopleTable(60)}
    CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$;
    CREATE TRIGGER dawdle BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION dawdle();`);
  const over = new AbortController();
  const administrator = await scene.connect();
  let cancelled = 0;
  // In place of the minute that a statement may take: a third of a second, in which not even half of a chunk is done.
  const impatience = (async () => {
    while (!over.signal.aborted) {
      const { rowCount } = await administrator.query(
        `SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE application_name = 'keyturn'
         AND state = 'active' AND query LIKE 'UPDATE%' AND query_start < clock_timestamp() - interval '350 ms'`,
      );
      cancelled += rowCount ?? 0;
      await sleep(20);
    }
  })();
  const rotation = await scene.run('rotate', ...flags, '--batch-rows', '60', '--triggers', 'fire');
  over.abort();
  await impatience;
  expect(rotation.code, rotation.stderr).toBe(0);
  expect(cancelled).toBeGreaterThan(1);
});
