import { describe, expect, test } from 'vitest';
import type { AuditLogResult, AuditVerifyResult } from '../../src/lib/cli/results/audit-results.ts';
import { createScene, tableOf, token, type Scene } from '../support/scene.ts';

async function verify(
  scene: Scene,
  ...args: readonly string[]
): Promise<{ readonly code: number | null; readonly result: AuditVerifyResult }> {
  const { code, stdout } = await scene.run('audit verify', '--json', ...args);
  return { code, result: JSON.parse(stdout) as AuditVerifyResult };
}

async function rotatedScene(): Promise<Scene> {
  const scene = createScene(tableOf(token('old'), token('old', 'another')));
  expect((await scene.rotate('--no-backup')).code).toBe(0);
  return scene;
}

const content = 'migration_id, at, actor, type, body, previous_hash, hash';

const swap = `
  UPDATE keyturn_event SET seq = -1 WHERE seq = 2;
  UPDATE keyturn_event SET seq = 2 WHERE seq = 3;
  UPDATE keyturn_event SET seq = 3 WHERE seq = -1`;

/** Changes of a ledger of six events, by direct SQL, and the first event that is bad from then on. */
const tamperings = [
  {
    what: 'an edited actor',
    sql: "UPDATE keyturn_event SET actor = 'nobody' WHERE seq = 3",
    seq: 3,
    problem: 'edited',
  },
  {
    what: 'an edited time',
    sql: 'UPDATE keyturn_event SET at = at + 1 WHERE seq = 1',
    seq: 1,
    problem: 'edited',
  },
  { what: 'a deleted event', sql: 'DELETE FROM keyturn_event WHERE seq = 2', seq: 2, problem: 'missing' },
  {
    what: 'a deleted beginning',
    sql: 'DELETE FROM keyturn_event WHERE seq <= 2',
    seq: 1,
    problem: 'missing',
  },
  { what: 'a deleted end', sql: 'DELETE FROM keyturn_event WHERE seq >= 5', seq: 5, problem: 'cut off' },
  { what: 'no event at all', sql: 'DELETE FROM keyturn_event', seq: 1, problem: 'cut off' },
  { what: 'two events exchanged', sql: swap, seq: 2, problem: 'out of place' },
  {
    what: 'an event inserted at the end',
    sql: `INSERT INTO keyturn_event (seq, ${content}) SELECT 7, ${content} FROM keyturn_event WHERE seq = 6`,
    seq: 7,
    problem: 'out of place',
  },
  {
    what: 'a deleted head',
    sql: "DELETE FROM keyturn_meta WHERE name = 'event_head'",
    seq: 6,
    problem: 'no head',
  },
  {
    what: 'a garbled head',
    sql: "UPDATE keyturn_meta SET value = 'garbled' WHERE name = 'event_head'",
    seq: 6,
    problem: 'no head',
  },
] as const;

describe('audit verify', () => {
  test('finds a ledger that nobody has touched intact, and its head again later', async () => {
    const scene = await rotatedScene();
    const { code, result } = await verify(scene);
    expect(code).toBe(0);
    expect(result).toMatchObject({ outcome: 'intact', events: 6, firstBadEvent: null, contradictions: [] });
    expect((await scene.run('rollback', '--yes')).code).toBe(0);
    expect(await verify(scene, '--expect-head', result.head ?? '')).toMatchObject({ code: 0 });
  });

  test('names the first bad event of each kind of tampering (exit 14)', async () => {
    const scene = await rotatedScene();
    for (const { what, sql, seq, problem } of tamperings) {
      scene.change((database) => {
        database.exec('CREATE TABLE events_before AS SELECT * FROM keyturn_event');
        database.exec('CREATE TABLE meta_before AS SELECT * FROM keyturn_meta');
        database.exec(sql);
      });
      const { code, result } = await verify(scene);
      expect({ what, code, bad: result.firstBadEvent }).toEqual({ what, code: 14, bad: { seq, problem } });
      scene.change((database) => {
        database.exec('DELETE FROM keyturn_event; INSERT INTO keyturn_event SELECT * FROM events_before');
        database.exec('DELETE FROM keyturn_meta; INSERT INTO keyturn_meta SELECT * FROM meta_before');
        database.exec('DROP TABLE events_before; DROP TABLE meta_before');
      });
    }
    expect((await verify(scene)).code).toBe(0);
  });

  test('events that were cut off stay missing, whatever is appended later', async () => {
    const scene = await rotatedScene();
    scene.change((database) => database.exec('DELETE FROM keyturn_event WHERE seq >= 5'));
    expect((await scene.run('rollback', '--yes')).code).toBe(0);
    expect((await verify(scene)).result.firstBadEvent).toEqual({ seq: 5, problem: 'missing' });
  });

  test('a state that was not reached through an event is contradicted', async () => {
    const scene = await rotatedScene();
    scene.change((database) => database.exec("UPDATE keyturn_migration SET state = 'cancelled'"));
    const { code, result } = await verify(scene);
    expect(code).toBe(14);
    expect(result.outcome).toBe('contradicted');
    expect(result.contradictions[0]).toMatchObject({ state: 'cancelled', stateOfEvents: 'succeeded' });
  });

  test('a chain that was made anew from its beginning is found by a head that was noted elsewhere', async () => {
    const scene = await rotatedScene();
    const noted = (await verify(scene)).result.head ?? '';
    const other = await rotatedScene();
    expect(await verify(other, '--expect-head', noted)).toMatchObject({
      code: 14,
      result: { outcome: 'broken chain' },
    });
  });

  test('without a ledger there is nothing to check (exit 17)', async () => {
    const scene = createScene(tableOf(token('old')));
    expect((await scene.run('audit verify')).code).toBe(17);
  });
});

test('audit log tells who did what, of one migration or of all', async () => {
  const scene = await rotatedScene();
  expect((await scene.run('rollback', '--yes')).code).toBe(0);
  const { stdout } = await scene.run('audit log', '--json');
  const { events } = JSON.parse(stdout) as AuditLogResult;
  expect(events.slice(0, 6).map(({ type }) => type)).toEqual([
    'migration planned',
    'run opened',
    'migration running',
    'migration verifying',
    'migration succeeded',
    'run closed',
  ]);
  const first = events[0]?.migration ?? '';
  const one = await scene.run('audit log', first, '--json');
  expect((JSON.parse(one.stdout) as AuditLogResult).events).toHaveLength(6);
  expect((await scene.run('audit log')).stdout).toContain('migration succeeded');
});
