import { existsSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { createScene, opened, rotationKeys, token, type Scene } from '../support/scene.ts';
import type { RunningKeyturn, SignalAtStep } from '../support/start-keyturn.ts';

const rows = 60;

/** Sixty notes, named 1 to 60, in a table whose rows have no number of their own, with gaps between them. */
function fillNotes(columns: string): (database: Database.Database) => void {
  return (database) => {
    database.exec(`CREATE TABLE notes (${columns})`);
    const insert = database.prepare('INSERT INTO notes(name, body) VALUES (?, ?)');
    for (let name = 1; name <= 2 * rows; name += 1)
      insert.run(String(name), token('old', `note ${String(name)}`));
    database.prepare('DELETE FROM notes WHERE CAST(name AS INTEGER) > ? OR rowid % 7 = 3').run(rows);
  };
}

/** A rotation in small chunks that stands still at a step. */
async function stoppedRotation(scene: Scene, at: Omit<SignalAtStep, 'signal'>): Promise<RunningKeyturn> {
  const flags = ['--yes', '--no-backup', '--json', '--batch-rows', '10'];
  const rotation = scene.start(['rotate', ...rotationKeys, ...flags], [{ ...at, signal: 'SIGSTOP' }]);
  await rotation.standsStill();
  return rotation;
}

/** Checks that every note opens under the new key to what it said in the beginning. */
function expectNotesUnderNewKey(scene: Scene): void {
  const notes = scene.query('SELECT name, body FROM notes');
  expect(notes.length).toBeGreaterThan(rows / 2);
  for (const [name, body] of notes) expect(opened('new', body ?? null)).toBe(`note ${String(name)}`);
}

function isEqual(one: readonly unknown[], other: readonly unknown[]): boolean {
  return one.join() === other.join();
}

function notesUnderNewKey(scene: Scene): ReadonlyMap<unknown, unknown> {
  const notes = scene.query('SELECT name, body FROM notes');
  return new Map(
    notes
      .filter(([, body]) => opened('new', body ?? null).startsWith('note '))
      .map(([name, body]) => [name, body]),
  );
}

describe('VACUUM by another process', () => {
  test.each([
    { journalMode: 'wal', columns: 'name TEXT, body TEXT', step: 'chunk read', renumbers: true },
    { journalMode: 'delete', columns: 'name TEXT, body TEXT', step: 'chunk transcoded', renumbers: true },
    // An index keeps SQLite from renumbering, in the versions so far.
    {
      journalMode: 'wal',
      columns: 'name TEXT PRIMARY KEY, body TEXT',
      step: 'chunk transcoded',
      renumbers: false,
    },
  ] as const)(
    'under a pass over ($columns): each row is rewritten once ($journalMode)',
    async ({ journalMode, columns, step, renumbers }) => {
      const scene = createScene(fillNotes(columns), { journalMode });
      const numbers = scene.values('SELECT rowid FROM notes');
      const rotation = await stoppedRotation(scene, { step, occurrence: 3 });
      const before = notesUnderNewKey(scene);
      expect(before.size).toBeGreaterThan(0);
      scene.change((database) => {
        database.exec('VACUUM');
      });
      expect(isEqual(scene.values('SELECT rowid FROM notes'), numbers)).toBe(!renumbers);
      rotation.signal('SIGCONT');
      const { code, json } = await rotation.ended;
      expect(code).toBe(0);
      expect((json as RunResult).cells).toMatchObject({ rewritten: numbers.length, already: 0 });
      expectNotesUnderNewKey(scene);
      const after = notesUnderNewKey(scene);
      for (const [name, body] of before) expect(after.get(name)).toBe(body);
    },
  );

  test('leaves the rows of an INTEGER PRIMARY KEY where they are, and the pass goes on', async () => {
    const scene = createScene(fillNotes('id INTEGER PRIMARY KEY, name TEXT, body TEXT'));
    const rotation = await stoppedRotation(scene, { step: 'chunk transcoded', occurrence: 3 });
    scene.change((database) => {
      database.exec('VACUUM');
    });
    rotation.signal('SIGCONT');
    expect((await rotation.ended).code).toBe(0);
    expectNotesUnderNewKey(scene);
    expect(scene.values("SELECT count(*) FROM keyturn_chunk WHERE state != 'done'")).toEqual([0n]);
    expect(scene.values('SELECT max(pass) FROM keyturn_target')).toEqual([2n]);
  });
});

describe('a change of the schema in the middle', () => {
  test.each([
    { change: 'ALTER TABLE notes ADD COLUMN author TEXT', flags: [] },
    { change: 'ALTER TABLE notes RENAME COLUMN body TO content', flags: [] },
    {
      change: 'CREATE TRIGGER watch AFTER UPDATE ON notes BEGIN UPDATE log SET updates = updates + 1; END',
      flags: ['--triggers', 'fire'],
    },
  ])('$change: the plan is stale, and the next rotation makes another', async ({ change, flags }) => {
    const scene = createScene((database) => {
      fillNotes('id INTEGER PRIMARY KEY, name TEXT, body TEXT')(database);
      database.exec('CREATE TABLE log (updates INTEGER); INSERT INTO log VALUES (0)');
    });
    const rotation = await stoppedRotation(scene, { step: 'chunk transcoded', occurrence: 2 });
    const before = notesUnderNewKey(scene);
    scene.change((database) => {
      database.exec(change);
    });
    rotation.signal('SIGCONT');
    expect(await rotation.ended).toMatchObject({ code: 13, json: { error: { code: 'KT_STALE_PLAN' } } });
    const back = change.includes('RENAME') ? 'ALTER TABLE notes RENAME COLUMN content TO body' : 'SELECT 1';
    scene.change((database) => {
      database.exec(back);
    });
    expect(notesUnderNewKey(scene)).toEqual(before);
    scene.change((database) => {
      if (change.includes('RENAME')) database.exec(change);
    });
    const { code, result } = await scene.rotate('--no-backup', ...flags);
    expect(result).toMatchObject({ state: 'succeeded' });
    expect(code).toBe(0);
    scene.change((database) => {
      database.exec(back);
    });
    expectNotesUnderNewKey(scene);
  });

  test.each(['chunk read', 'chunk transcoded', 'after commit'] as const)(
    'a table that is dropped at "%s" ends the run, and the rest is rotated next time',
    async (step) => {
      const scene = createScene((database) => {
        fillNotes('name TEXT, body TEXT')(database);
        database.exec('CREATE TABLE a_first (cell TEXT)');
        database.prepare('INSERT INTO a_first VALUES (?)').run(token('old', 'first'));
        database.exec('CREATE TABLE z_last (cell TEXT)');
        database.prepare('INSERT INTO z_last VALUES (?)').run(token('old', 'last'));
      });
      const rotation = await stoppedRotation(scene, { step, occurrence: 6 });
      scene.change((database) => {
        database.exec('DROP TABLE notes');
      });
      rotation.signal('SIGCONT');
      expect(await rotation.ended).toMatchObject({ code: 13, json: { error: { code: 'KT_STALE_PLAN' } } });
      const { code, result } = await scene.rotate('--no-backup');
      expect(result).toMatchObject({ state: 'succeeded' });
      expect(code).toBe(0);
      expect(scene.values('SELECT cell FROM z_last').map((cell) => opened('new', cell))).toEqual(['last']);
    },
  );
});

describe('another file in place of the database', () => {
  test.each([
    { step: 'chunk transcoded', journalMode: 'delete' },
    { step: 'pass finished', journalMode: 'delete' },
    { step: 'pass finished', journalMode: 'wal' },
  ] as const)('at "$step" ends the run ($journalMode)', async ({ step, journalMode }) => {
    const fill = fillNotes('id INTEGER PRIMARY KEY, name TEXT, body TEXT');
    const [scene, restored] = [createScene(fill, { journalMode }), createScene(fill)];
    const rotation = await stoppedRotation(scene, { step, occurrence: 1 });
    const moved = join(scene.folder, 'moved-away.db');
    for (const part of ['', '-wal', '-shm']) {
      if (existsSync(scene.path + part)) renameSync(scene.path + part, moved + part);
    }
    renameSync(restored.path, scene.path);
    rotation.signal('SIGCONT');
    expect(await rotation.ended).toMatchObject({
      code: 13,
      json: { error: { code: 'KT_DATABASE_REPLACED' } },
    });
    const { code, result } = await scene.rotate('--no-backup');
    expect(result).toMatchObject({ state: 'succeeded' });
    expect(code).toBe(0);
    expectNotesUnderNewKey(scene);
    const copy = new Database(moved);
    const bodies = copy.prepare('SELECT name, body FROM notes').raw().all() as [string, string][];
    copy.close();
    for (const [name, body] of bodies) {
      expect([opened('old', body), opened('new', body)]).toContain(`note ${name}`);
    }
  });
});
