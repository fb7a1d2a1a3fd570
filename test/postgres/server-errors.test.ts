import { expect, test } from 'vitest';
import { openSession } from '../../src/lib/databases/postgres/connection/session.ts';
import { createLane } from '../../src/lib/databases/postgres/transactions/lane.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { peopleTable } from '../support/postgres/token-table.ts';
import { opened, rotationKeys } from '../support/scene.ts';
import { startKeyturn } from '../support/start-keyturn.ts';

const flags = [...rotationKeys, '--yes', '--progress', 'none', '--json'];

test('a transaction that the server gives up for others (deadlock, serialization, lock) is done again', async () => {
  const scene = await createPostgresScene(`${peopleTable(60)}
    CREATE SEQUENCE turn;
    CREATE FUNCTION give_up() RETURNS trigger LANGUAGE plpgsql AS $$
      DECLARE codes text[] := ARRAY['40P01', '40001', '55P03'];
      BEGIN
        IF nextval('turn') % 20 = 0 THEN
          RAISE 'not now' USING ERRCODE = codes[1 + (currval('turn') / 20) % 3];
        END IF;
        RETURN NEW;
      END $$;
    CREATE TRIGGER giving_up BEFORE UPDATE ON people FOR EACH ROW EXECUTE FUNCTION give_up();`);
  const run = await scene.run('rotate', ...flags, '--batch-rows', '5', '--triggers', 'fire');
  expect(run.code, run.stdout + run.stderr).toBe(0);
  expect(JSON.parse(run.stdout)).toMatchObject({ cells: { rewritten: 100, quarantined: 0 } });
  const [turns] = await scene.query('SELECT last_value FROM turn');
  expect(Number(turns?.[0])).toBeGreaterThan(60);
  const secrets = await scene.query('SELECT secret FROM people ORDER BY id');
  expect(secrets.map(([secret]) => opened('new', secret ?? null))).toEqual(
    secrets.map((_, index) => `secret ${String(index)}`),
  );
});

test('a server that has no connection left is waited for, but not for ever', async () => {
  const role = `limited_${crypto.randomUUID().slice(0, 8)}`;
  const scene = await createPostgresScene(`${peopleTable(20)}
    CREATE ROLE ${role} LOGIN CONNECTION LIMIT 1; GRANT ALL ON people TO ${role}; GRANT ALL ON SCHEMA public TO ${role};`);
  const url = scene.url.replace('keyturn@', `${role}@`);
  const run = startKeyturn(['rotate', '--database', url, ...flags], {
    cwd: scene.folder,
    signals: [{ step: 'turned away', occurrence: 5, signal: 'SIGSTOP' }],
  });
  await run.standsStill();
  const migrations = "SELECT count(*) FROM pg_class WHERE relname = 'keyturn_migration'";
  expect(await scene.query(migrations)).toEqual([['0']]);
  await scene.query(`ALTER ROLE ${role} CONNECTION LIMIT -1`);
  run.signal('SIGCONT');
  const { code, stdout, stderr } = await run.ended;
  expect(code, stdout + stderr).toBe(0);
  await scene.query(`ALTER ROLE ${role} CONNECTION LIMIT 0`);
  const connect = (): ReturnType<typeof openSession> =>
    openSession({ kind: 'postgres', url }, { access: 'read', triggers: 'fire' });
  const lane = createLane({ connect, location: 'a database', timeoutMilliseconds: 50 });
  await expect(lane.run(() => Promise.resolve())).rejects.toMatchObject({
    code: 'KT_DATABASE_AWAY',
    exitCode: 75,
  });
  await scene.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`).catch(() => undefined);
});
