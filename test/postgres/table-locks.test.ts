import { expect, onTestFinished, test } from 'vitest';
import { openSession } from '../../src/lib/databases/postgres/connection/session.ts';
import { createLane } from '../../src/lib/databases/postgres/transactions/lane.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { peopleTable } from '../support/postgres/token-table.ts';
import { rotationKeys } from '../support/scene.ts';
import { succeeds } from '../support/succeeds.ts';

const holder = String.raw`process \d+ \(the application as keyturn\), idle in transaction since 2\d\d\d-\S+ \S+ UTC`;

// It waited without a word, and for ever.
test('plan says whose lock it waits for, and goes on when that is gone', async () => {
  const scene = await createPostgresScene(peopleTable(20));
  const application = await scene.connect();
  await application.query("BEGIN; LOCK TABLE people IN ACCESS EXCLUSIVE MODE; SELECT 'a secret'");
  const plan = scene.start(['plan', ...rotationKeys]);
  await plan.heard(new RegExp(`waiting, because table "people" is locked by ${holder}`, 'u'));
  await application.query('ROLLBACK');
  const { code, stdout, stderr } = await plan.ended;
  expect(code, stderr).toBe(0);
  expect(stdout + stderr).not.toContain('a secret');
  expect(stderr.match(/waiting/gu)).toHaveLength(1);
});

test("status names whoever waits for a table of keyturn's own, and whom that one waits for", async () => {
  const scene = await createPostgresScene(peopleTable(20));
  await succeeds(scene, 'rotate', ...rotationKeys, '--yes', '--json', '--progress', 'none');
  const [application, migration] = [await scene.connect(), await scene.connect()];
  await application.query('BEGIN; SELECT count(*) FROM keyturn_migration');
  const altered = migration.query('ALTER TABLE keyturn_migration ADD COLUMN mine int');
  const status = scene.start(['status']);
  await status.heard(
    new RegExp(
      String.raw`table "keyturn_migration" is about to be locked by process \d+ \(the application as keyturn\), active since \S+ \S+ UTC, which waits for ${holder}`,
      'u',
    ),
  );
  await application.query('ROLLBACK');
  await altered;
  expect(await status.ended).toMatchObject({ code: 0 });
});

// A minute later it said that others kept what is needed locked.
test('who wants to alter a table is told whose open transaction is in the way', async () => {
  const scene = await createPostgresScene(peopleTable(20));
  await succeeds(scene, 'rotate', ...rotationKeys, '--yes', '--json', '--progress', 'none');
  const [application, another, stalled] = [
    await scene.connect(),
    await scene.connect(),
    await scene.connect(),
  ];
  await stalled.query("SET application_name = 'keyturn'; BEGIN; DELETE FROM people WHERE id = 2");
  await application.query('BEGIN; DELETE FROM people WHERE id = 1');
  await another.query('CREATE TABLE elsewhere(id int); BEGIN; SELECT count(*) FROM elsewhere');
  const guard = scene.start(['guard', 'observe']);
  await guard.heard(new RegExp(`waiting, because table "people" is in use by ${holder}`, 'u'));
  await application.query('ROLLBACK');
  // A process of keyturn is named as well once it stands still: for a minute nothing said whom another one waited for.
  await guard.heard(/"people" is in use by process \d+ \(keyturn as keyturn\), idle in transaction since/u);
  await stalled.query('ROLLBACK');
  const { code, stderr } = await guard.ended;
  expect(code, stderr).toBe(0);
  expect(stderr).not.toContain('elsewhere');
});

test('locks that stay are an error that names who has them, and how that ends', async () => {
  const scene = await createPostgresScene(
    `${peopleTable(2)} CREATE TABLE shops(id int); CREATE TABLE "an ""odd"" name"(id int)`,
  );
  const application = await scene.connect();
  await application.query(`SET application_name = ''; BEGIN; LOCK TABLE shops, people IN ACCESS EXCLUSIVE MODE;
    CREATE TEMP TABLE mine(id int); CREATE TABLE new_to_all(id int)`);
  const forgetful = await scene.connect();
  await forgetful.query(`BEGIN; LOCK TABLE "an ""odd"" name"`);
  const transaction = `'forgotten in ${scene.folder}'`;
  await forgetful.query(`PREPARE TRANSACTION ${transaction}`);
  const location = { kind: 'postgres', url: scene.url } as const;
  const lane = createLane({
    connect: () => openSession(location, { access: 'read', triggers: 'fire' }),
    location: 'a database',
    timeoutMilliseconds: 50,
  });
  onTestFinished(() => lane.close());
  const failure = await lane
    .run((session) => session.query({ text: 'SELECT count(*) FROM people' }))
    .catch((error: unknown) => error);
  await forgetful.query(`ROLLBACK PREPARED ${transaction}`);
  const prepared = String.raw`table "+an "+odd"+ name"+ is locked by a transaction of keyturn, prepared since \S+ \S+ UTC`;
  const idle = String.raw`tables "people", "shops" are locked by process \d+ \(a session as keyturn\), .*`;
  expect(failure).toMatchObject({
    code: 'KT_DATABASE_BUSY',
    exitCode: 75,
    message: expect.stringMatching(
      new RegExp(`^cannot use "a database": ${idle}; ${prepared}; it was waited for \\d+ s$`, 'u'),
    ) as unknown,
    hints: [
      expect.stringContaining('run the same command again') as unknown,
      expect.stringMatching(/^psql -c 'SELECT pg_terminate_backend\(\d+\)' DATABASE_URL/u) as unknown,
      expect.stringContaining("psql -c 'SELECT * FROM pg_prepared_xacts' DATABASE_URL") as unknown,
    ],
  });
});
