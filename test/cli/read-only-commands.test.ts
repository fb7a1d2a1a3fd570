import { describe, expect, test } from 'vitest';
import { bytesOf, contentOf, filesIn } from '../support/database-content.ts';
import { createScene, token } from '../support/scene.ts';

const furtherKeys = ['--old-key', 'file:new.key', '--new-key', 'file:third.key'];

describe.each(['delete', 'wal'] as const)('in journal mode %s', (journalMode) => {
  test('commands that only read leave every byte of the database and no file beside it', async () => {
    const scene = createScene(
      (database) => {
        database.exec('CREATE TABLE t(id INTEGER PRIMARY KEY, cell TEXT UNIQUE, note TEXT)');
        const insert = database.prepare('INSERT INTO t(cell, note) VALUES (?, ?)');
        for (let row = 0; row < 1500; row += 1) insert.run(token('old', `value ${String(row)}`), 'plain');
        insert.run('no token', null);
      },
      { journalMode },
    );
    expect((await scene.rotate('--max-quarantine', '1')).code).toBe(0);
    expect((await scene.run('plan', ...furtherKeys, '--output', 'plan.json')).code).toBe(0);
    const before = { bytes: bytesOf(scene.path), files: filesIn(scene.folder) };
    const content = contentOf(scene.path);
    // Looking at the content has left an empty log behind; what counts is what keyturn leaves.
    scene.values('SELECT 1');
    expect(filesIn(scene.folder)).toEqual(before.files);

    const commands = [
      { command: 'plan', flags: furtherKeys, code: 0 },
      { command: 'dry-run plan.json', flags: [], code: 3 },
      { command: 'dry-run plan.json', flags: ['--rehearse-writes', 'all', '--exclusive'], code: 3 },
      { command: 'rotate', flags: [...furtherKeys, '--dry-run', '--max-quarantine', '1'], code: 0 },
      { command: 'rollback', flags: ['--dry-run', '--max-quarantine', '1'], code: 0 },
      { command: 'status', flags: [], code: 0 },
      { command: 'verify', flags: [], code: 0 },
    ];
    for (const { command, flags, code } of commands) {
      const result = await scene.run(command, ...flags);
      const after = { bytes: bytesOf(scene.path), files: filesIn(scene.folder) };
      expect({ command, code: result.code, ...after }, result.stderr).toEqual({ command, code, ...before });
    }
    expect(contentOf(scene.path)).toBe(content);
  });
});
