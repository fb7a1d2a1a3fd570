import { copyFileSync } from 'node:fs';
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { createScene, opened, rotationKeys, token } from '../support/scene.ts';

// The run met a table that was gone, and told the operator to repair a trigger.
test.each(['wal', 'delete'] as const)(
  'a database that is restored from a backup under a run (%s): the run ends, and the next one rotates what was restored',
  async (journalMode) => {
    const scene = createScene(
      (database) => {
        database.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT)');
        const insert = database.prepare('INSERT INTO notes(body) VALUES (?)');
        for (let note = 1; note <= 40; note += 1) insert.run(token('old', `note ${note}`));
      },
      { journalMode },
    );
    copyFileSync(scene.path, `${scene.path}.saved`);
    const flags = ['--yes', '--no-backup', '--json', '--batch-rows', '10'];
    const stop = { step: 'after commit', occurrence: 6, signal: 'SIGSTOP' } as const;
    const rotation = scene.start(['rotate', ...rotationKeys, ...flags], [stop]);
    await rotation.standsStill();
    const saved = new Database(`${scene.path}.saved`);
    await saved.backup(scene.path);
    saved.close();
    rotation.signal('SIGCONT');
    const { code, json } = await rotation.ended;
    expect({ code, json }).toMatchObject({ code: 13, json: { error: { code: 'KT_DATABASE_REPLACED' } } });
    expect((await scene.rotate('--no-backup')).code).toBe(0);
    const bodies = scene.values('SELECT body FROM notes ORDER BY id');
    expect(bodies.map((body) => opened('new', body))).toEqual(bodies.map((_, index) => `note ${index + 1}`));
  },
);
