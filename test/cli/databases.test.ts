import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesOf, filesIn } from '../support/database-content.ts';
import { keyturnPath, runKeyturn, type KeyturnResult } from '../support/run-keyturn.ts';
import { createScene, errorOf, opened, rotationKeys, tableOf, token, type Scene } from '../support/scene.ts';

const oneCell = tableOf(token('old', 'one'));

describe('a file that is no database keyturn can work on', () => {
  const other = (scene: Scene, command: string, path: string): Promise<KeyturnResult> => {
    const keys = command === 'status' ? [] : rotationKeys;
    return runKeyturn([command, '--database', path, ...keys, '--json'], { cwd: scene.folder });
  };

  test('is refused with exit 15 by every command, and a missing one is never created', async () => {
    const scene = createScene(oneCell);
    writeFileSync(join(scene.folder, 'text.db'), 'these are words and no pages of a database');
    writeFileSync(join(scene.folder, 'noise.db'), Buffer.alloc(8192, 0xa5));
    mkdirSync(join(scene.folder, 'folder.db'));
    symlinkSync('nowhere', join(scene.folder, 'dangling.db'));
    const files = filesIn(scene.folder);
    for (const path of [
      'text.db',
      'noise.db',
      'folder.db',
      'missing.db',
      'dangling.db',
      'no/such/folder.db',
    ]) {
      const result = await other(scene, 'plan', path);
      expect({ path, code: result.code }).toEqual({ path, code: 15 });
      expect(errorOf(result)).toMatchObject({ code: 'KT_DATABASE_UNAVAILABLE' });
    }
    for (const command of ['status', 'verify', 'execute', 'rollback', 'rotate', 'dry-run']) {
      const keys = command === 'status' ? [] : rotationKeys;
      const flags = ['--database', 'missing.db', ...keys, '--json'];
      expect((await runKeyturn([command, ...flags], { cwd: scene.folder })).code).toBe(15);
    }
    expect(filesIn(scene.folder)).toEqual(files);
  });

  test('is exit 17 where it is empty, or holds nothing encrypted', async () => {
    const scene = createScene((database) =>
      database.exec('CREATE TABLE t(a, b); INSERT INTO t VALUES (1, 2)'),
    );
    writeFileSync(join(scene.folder, 'empty.db'), '');
    for (const path of ['empty.db', 'fleet.db']) {
      for (const command of ['plan', 'verify', 'status']) {
        const result = await other(scene, command, path);
        expect({ path, command, code: result.code }).toEqual({ path, command, code: 17 });
      }
    }
    expect(readFileSync(join(scene.folder, 'empty.db'))).toHaveLength(0);
  });

  test('is exit 12 where only foreign keys open it', async () => {
    const scene = createScene(tableOf(token('third'), token('third')));
    const before = bytesOf(scene.path);
    const result = await scene.run('rotate', ...rotationKeys, '--yes', '--json');
    expect(errorOf(result)).toMatchObject({ code: 'KT_WRONG_KEY', exitCode: 12 });
    expect(bytesOf(scene.path)).toBe(before);
  });
});

const isRoot = process.getuid?.() === 0;
const nobody = { uid: 65_534, gid: 65_534 };
/** A checkout in a folder of root alone cannot be run by anybody else. */
const canRun = spawnSync(process.execPath, [keyturnPath, '--version'], isRoot ? nobody : {}).status === 0;

describe.runIf(canRun && process.platform === 'linux')('without permission', () => {
  /** Runs a command as a user who owns nothing; root may do everything, so it becomes nobody. */
  async function asNobody(
    scene: Scene,
    command: string,
    ...flags: readonly string[]
  ): Promise<KeyturnResult> {
    for (const role of ['old', 'new']) chmodSync(join(scene.folder, `${role}.key`), 0o644);
    const env = Object.fromEntries(
      (['old', 'new'] as const).map((role) => [
        `KEYTURN_TEST_${role}`,
        readFileSync(join(scene.folder, `${role}.key`), 'utf8'),
      ]),
    );
    const keys = ['--old-key', 'env:KEYTURN_TEST_old', '--new-key', 'env:KEYTURN_TEST_new'];
    const user = isRoot ? { user: nobody } : {};
    return scene.runWith({ env, ...user }, command, ...keys, '--json', ...flags);
  }

  test.each([
    { what: 'to read the file', file: 0o000, command: 'plan', journalMode: 'delete' },
    { what: 'to write the file', file: 0o444, command: 'rotate', journalMode: 'delete' },
    { what: 'to make a journal beside it', file: 0o666, command: 'rotate', journalMode: 'delete' },
    {
      what: 'to write beside a file in WAL mode',
      file: 0o444,
      command: 'plan',
      journalMode: 'wal',
    },
  ] as const)('$what: exit 15', async ({ file, command, journalMode }) => {
    const scene = createScene(oneCell, { journalMode });
    const before = bytesOf(scene.path);
    chmodSync(scene.path, file);
    chmodSync(scene.folder, 0o755);
    if (!isRoot) chmodSync(scene.folder, 0o555);
    const result = await asNobody(scene, command, ...(command === 'rotate' ? ['--yes', '--no-backup'] : []));
    chmodSync(scene.folder, 0o755);
    chmodSync(scene.path, 0o644);
    expect(errorOf(result)).toMatchObject({ code: 'KT_DATABASE_UNAVAILABLE', exitCode: 15 });
    expect(bytesOf(scene.path)).toBe(before);
  });

  test('to enter its folder: exit 15', async () => {
    const scene = createScene(oneCell);
    const closed = join(scene.folder, 'closed');
    mkdirSync(closed, { mode: 0o600 });
    const user = isRoot ? { user: nobody } : {};
    chmodSync(scene.folder, 0o755);
    const flags = ['--database', 'closed/fleet.db', '--json'];
    const result = await runKeyturn(['status', ...flags], { cwd: scene.folder, ...user });
    expect(errorOf(result)).toMatchObject({ code: 'KT_DATABASE_UNAVAILABLE', exitCode: 15 });
  });

  // The log that a reader made stayed, in the reader's name: SQLite then refused every write of the application.
  test.each(['plan', 'verify', 'rotate'])(
    'to write a file in WAL mode: %s leaves no log beside it that would lock the application out',
    async (command) => {
      const scene = createScene(oneCell, { journalMode: 'wal' });
      const before = bytesOf(scene.path);
      chmodSync(scene.path, 0o444);
      chmodSync(scene.folder, 0o777);
      const files = filesIn(scene.folder);
      const result = await asNobody(
        scene,
        command,
        ...(command === 'rotate' ? ['--yes', '--no-backup'] : []),
      );
      expect(errorOf(result)).toMatchObject({ code: 'KT_DATABASE_UNAVAILABLE', exitCode: 15 });
      expect(filesIn(scene.folder)).toEqual(files);
      expect(bytesOf(scene.path)).toBe(before);
    },
  );

  test('to write anything: reading commands work all the same', async () => {
    const scene = createScene(oneCell);
    chmodSync(scene.path, 0o444);
    chmodSync(scene.folder, 0o555);
    const result = await asNobody(scene, 'plan');
    chmodSync(scene.folder, 0o755);
    expect(result.code, result.stderr).toBe(0);
  });
});

test.each([{ table: 'keyturn_meta', version: '99' }])(
  'a ledger of a newer keyturn is refused by every command (exit 2)',
  async ({ table, version }) => {
    const scene = createScene(oneCell);
    expect((await scene.rotate()).code).toBe(0);
    scene.change((database) => {
      database.prepare(`UPDATE ${table} SET value = ? WHERE name = 'schema_version'`).run(version);
    });
    const before = bytesOf(scene.path);
    const flags = {
      status: [],
      rollback: ['--yes'],
      verify: [],
      execute: ['--yes'],
      rotate: [...rotationKeys, '--yes'],
    };
    for (const [command, more] of Object.entries(flags)) {
      const result = await scene.run(command, ...more, '--json');
      expect(errorOf(result)).toMatchObject({ code: 'KT_LEDGER_TOO_NEW', exitCode: 2 });
    }
    expect(bytesOf(scene.path)).toBe(before);
  },
);

test('the backup is complete, private, and never written over another file', async () => {
  const scene = createScene(oneCell, { journalMode: 'wal' });
  writeFileSync(join(scene.folder, 'taken'), 'something else');
  const refused = await scene.run('rotate', ...rotationKeys, '--yes', '--json', '--backup', 'taken');
  expect(errorOf(refused)).toMatchObject({ code: 'KT_BACKUP_FAILED', exitCode: 15 });
  expect(readFileSync(join(scene.folder, 'taken'), 'utf8')).toBe('something else');
  expect(opened('old', scene.values('SELECT cell FROM t')[0] ?? null)).toBe('one');
  const { code, result } = await scene.rotate('--backup', 'copy.db');
  expect(code).toBe(0);
  expect(result.backup).toBe(join(scene.folder, 'copy.db'));
  expect(statSync(join(scene.folder, 'copy.db')).mode & 0o777).toBe(0o600);
  expect(filesIn(scene.folder).filter((name) => name.includes('partial'))).toEqual([]);
});
