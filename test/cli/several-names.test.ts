import { spawn } from 'node:child_process';
import { linkSync, mkdirSync, openSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { processesWithOpenFile } from '../../src/lib/databases/sqlite/connection/other-processes.ts';
import { createScene, errorOf, opened, rotationKeys, tableOf, token } from '../support/scene.ts';

test('a file that has a second hard link is not written, because its other users have another log', async () => {
  const scene = createScene(tableOf(token('old', 'one')), { journalMode: 'wal' });
  linkSync(scene.path, join(scene.folder, 'other.db'));
  const result = await scene.run('rotate', ...rotationKeys, '--yes', '--json');
  // It used to succeed, and the application's next checkpoint put the old cells back.
  expect(errorOf(result)).toMatchObject({ code: 'KT_DATABASE_UNAVAILABLE', exitCode: 15 });
  expect(errorOf(result).message).toContain('one of 2 hard links');
  expect(scene.values('SELECT cell FROM t').map((cell) => opened('old', cell))).toEqual(['one']);
});

test.runIf(process.platform === 'linux')(
  'a process that knows the file by another path, as in a container, is seen',
  async () => {
    const { path } = createScene(tableOf('nothing'));
    const elsewhere = join(dirname(path), 'elsewhere', 'fleet.db');
    mkdirSync(dirname(elsewhere));
    linkSync(path, elsewhere);
    const child = spawn('sleep', ['60'], { stdio: [openSync(elsewhere, 'r'), 'ignore', 'ignore'] });
    onTestFinished(() => {
      child.kill();
    });
    await expect
      .poll(async () => (await processesWithOpenFile(path)).map(({ processId }) => processId))
      .toContain(child.pid);
  },
);
