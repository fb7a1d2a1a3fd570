import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { openedAt, placeOf, type PlacePart } from '../support/bound-cells.ts';
import { testKeys } from '../support/fleet-database.ts';
import { isAtHand, readingLanguages, runPage } from '../support/reading-cells.ts';
import { createScene, errorOf, type Scene, type Stored } from '../support/scene.ts';

/* Cells that are bound to the place where they stand, through every command. */

const killer = pathToFileURL(join(import.meta.dirname, '../support/kill-at-step.js')).href;

const quietly = ['--yes', '--json', '--progress', 'none'] as const;
const unsaved = [...quietly, '--no-backup'] as const;

/** Tables with an integer key, a text key beside a rowid, a composite key, and none at all. */
function createOffice(rows = 3): Scene {
  return createScene((database) => {
    database.exec(`
      CREATE TABLE users(id INTEGER PRIMARY KEY, email TEXT, phone TEXT);
      CREATE TABLE machines(serial TEXT PRIMARY KEY, note TEXT);
      CREATE TABLE readings(machine TEXT, day INTEGER, value REAL, PRIMARY KEY (machine, day)) WITHOUT ROWID;
      CREATE TABLE sessions(token TEXT);`);
    for (let n = 1; n <= rows; n += 1) {
      const number = String(n);
      database
        .prepare('INSERT INTO users VALUES (?, ?, ?)')
        .run(n, `user${number}@example.com`, `+39 ${number}`);
      database.prepare('INSERT INTO machines VALUES (?, ?)').run(`m-${number}`, `note ${number}`);
      database.prepare('INSERT INTO readings VALUES (?, ?, ?)').run('m-1', n, n + 0.5);
      database.prepare('INSERT INTO sessions VALUES (?)').run(`token ${number}`);
    }
  });
}

const bindable = ['users.email', 'users.phone', 'machines.note', 'readings.value'] as const;

function columnFlags(columns: readonly string[]): readonly string[] {
  return columns.flatMap((column) => ['--column', column]);
}

async function encrypt(
  scene: Scene,
  columns: readonly string[] = bindable,
  ...flags: readonly string[]
): Promise<RunResult> {
  const { code, stdout, stderr } = await scene.run(
    'encrypt',
    ...columnFlags(columns),
    '--key',
    'file:old.key',
    ...unsaved,
    ...flags,
  );
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as RunResult;
}

const rotation = ['--old-key', 'file:old.key', '--new-key', 'file:new.key', ...unsaved] as const;

function everything(scene: Scene): readonly (readonly Stored[])[] {
  return ['users', 'machines', 'readings', 'sessions'].flatMap((table) =>
    scene.query(`SELECT * FROM ${table}`),
  );
}

/** What a cell of a query opens to in a place, under the key of before. */
function valueAt(scene: Scene, sql: string, place: Buffer): string {
  return openedAt('old', scene.values(sql)[0] as string, place);
}

/** The same under the key of after. */
function newValueAt(scene: Scene, sql: string, place: Buffer): string {
  return openedAt('new', scene.values(sql)[0] as string, place);
}

const first: PlacePart = ['i', '1'];
const second: PlacePart = ['i', '2'];
const email = (id: number): string => `SELECT email FROM users WHERE id = ${String(id)}`;

describe('an encryption', () => {
  test('binds each cell to its row unless it is told otherwise, and goes back', async () => {
    const scene = createOffice();
    const before = everything(scene);
    expect((await encrypt(scene)).cells).toMatchObject({ rewritten: 12, quarantined: 0 });
    expect(valueAt(scene, email(1), placeOf('users', 'email', first))).toBe('tuser1@example.com');
    expect(valueAt(scene, email(1), placeOf('users', 'email', second))).toBe('does not open');
    expect(valueAt(scene, email(1), placeOf('users', 'phone', first))).toBe('does not open');
    const note = "SELECT note FROM machines WHERE serial = 'm-2'";
    expect(valueAt(scene, note, placeOf('machines', 'note', ['t', 'm-2']))).toBe('tnote 2');
    const value = 'SELECT value FROM readings WHERE day = 2';
    expect(valueAt(scene, value, placeOf('readings', 'value', ['t', 'm-1'], second)).slice(0, 1)).toBe('r');
    expect((await encrypt(scene)).state).toBe('nothing to do');
    expect((await scene.run('rollback', ...quietly)).code).toBe(0);
    expect(everything(scene)).toEqual(before);
  });

  test('binds them to their column or to nothing where --bind says so, and decrypt knows which', async () => {
    const scene = createOffice();
    const before = everything(scene);
    await encrypt(scene, ['sessions.token'], '--bind', 'column');
    await encrypt(scene, ['users.email'], '--bind', 'none');
    const token = 'SELECT token FROM sessions';
    expect(valueAt(scene, token, placeOf('sessions', 'token'))).toBe('ttoken 1');
    expect(valueAt(scene, email(1), Buffer.alloc(0))).toBe('tuser1@example.com');
    for (const column of ['users.email', 'sessions.token']) {
      const format = column === 'users.email' ? 'none' : 'column';
      const decrypted = await scene.run(
        'decrypt',
        '--column',
        column,
        '--key',
        'file:old.key',
        '--format',
        `tink-xaes:bind=${format}`,
        ...unsaved,
      );
      expect(decrypted.code, decrypted.stdout).toBe(0);
    }
    expect(everything(scene)).toEqual(before);
  });

  test.each([
    [['sessions.token'], 'no primary key'],
    [['machines.note', 'machines.serial'], 'rewritten itself'],
  ])('refuses to bind %j to rows that nothing names for good', async (columns, why) => {
    const scene = createOffice();
    const before = everything(scene);
    const flags = [...columnFlags(columns), '--key', 'file:old.key', ...unsaved];
    const result = await scene.run('encrypt', ...flags);
    expect(result.code).toBe(2);
    expect(errorOf(result).code).toBe('KT_NO_ROW_KEY');
    expect(errorOf(result).message).toContain(why);
    expect(everything(scene)).toEqual(before);
  });

  test('of a key is refused where other cells are bound to it', async () => {
    const scene = createOffice();
    await encrypt(scene, ['machines.note']);
    const flags = ['--column', 'machines.serial', '--bind', 'column', '--key', 'file:old.key', ...unsaved];
    expect(errorOf(await scene.run('encrypt', ...flags)).code).toBe('KT_NO_ROW_KEY');
  });

  test('that is killed at its steps ends with every cell in its row', async () => {
    const scene = createOffice(60);
    const words = [...columnFlags(bindable), '--key', 'file:old.key', ...unsaved, '--batch-rows', '10'];
    for (const step of ['cells replaced:2', 'after commit:7', 'chunk transcoded:3']) {
      const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: step };
      expect((await scene.runWith({ env }, 'encrypt', ...words)).signal, step).toBe('SIGKILL');
    }
    await encrypt(scene);
    for (let id = 1; id <= 60; id += 1) {
      const place = placeOf('users', 'email', ['i', String(id)]);
      expect(valueAt(scene, email(id), place)).toBe(`tuser${String(id)}@example.com`);
    }
    const verified = await scene.run('verify', '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({
      outcome: 'verified',
      total: { new: 240, unknown: 0 },
    });
  });
});

test('init writes down what the ledger knows of the binding, and scan claims to know none', async () => {
  const scene = createOffice();
  await encrypt(scene, ['users.email'], '--bind', 'none');
  const initialised = await scene.run('init', '--output', 'written.yaml', '--json');
  expect(JSON.parse(initialised.stdout)).toMatchObject({
    columns: { 'tink-xaes:bind=none': ['users.email'] },
  });
  const scanned = await scene.run('scan', '--column', 'users.email', '--json');
  expect(JSON.parse(scanned.stdout)).toMatchObject({ columns: [{ looksLike: 'tink-xaes' }] });
});

describe('a cell that was moved', () => {
  /** Two cells exchanged, one copied to another column, and a row that got another key. */
  function move(scene: Scene): void {
    scene.change((database) => {
      database.exec(`
        CREATE TEMP TABLE kept AS SELECT id, email FROM users;
        UPDATE users SET email = (SELECT email FROM kept WHERE kept.id = 3 - users.id) WHERE id IN (1, 2);
        UPDATE users SET phone = (SELECT phone FROM users WHERE id = 2) WHERE id = 3;
        UPDATE machines SET serial = 'm-9' WHERE serial = 'm-1';`);
    });
  }

  test('is quarantined by a rotation, never sealed where it does not belong', async () => {
    const scene = createOffice();
    await encrypt(scene);
    move(scene);
    const before = scene.query('SELECT email FROM users WHERE id < 3');
    const { code, stdout } = await scene.run('rotate', ...rotation);
    expect(code, stdout).toBe(3);
    const { cells, issues } = JSON.parse(stdout) as RunResult;
    expect(cells).toMatchObject({ rewritten: 8, quarantined: 4 });
    expect(issues).toMatchObject([{ reason: 'displaced', cells: 4 }]);
    expect(scene.query('SELECT email FROM users WHERE id < 3')).toEqual(before);
    expect(newValueAt(scene, email(3), placeOf('users', 'email', ['i', '3']))).toBe('tuser3@example.com');
    // Put back where it belongs, the same run ends well.
    scene.change((database) => {
      database.exec(`
        CREATE TEMP TABLE kept AS SELECT id, email FROM users;
        UPDATE users SET email = (SELECT email FROM kept WHERE kept.id = 3 - users.id) WHERE id IN (1, 2);
        UPDATE machines SET serial = 'm-1' WHERE serial = 'm-9';
        UPDATE users SET phone = NULL WHERE id = 3;`);
    });
    const resumed = await scene.run('execute', ...quietly);
    expect(resumed.code, resumed.stdout).toBe(0);
    expect(newValueAt(scene, email(1), placeOf('users', 'email', first))).toBe('tuser1@example.com');
  });

  test('is quarantined by a decryption, and counted as displaced by verify', async () => {
    const scene = createOffice();
    await encrypt(scene);
    move(scene);
    const verified = await scene.run('verify', '--json');
    expect(verified.code).toBe(14);
    expect(JSON.parse(verified.stdout)).toMatchObject({ total: { new: 8, unknown: 0, displaced: 4 } });
    const { code, stdout } = await scene.run('rollback', ...quietly);
    expect(code, stdout).toBe(3);
    expect((JSON.parse(stdout) as RunResult).issues).toMatchObject([{ reason: 'displaced', cells: 4 }]);
  });

  test('is found by the census of a rotation, though no key opens it where it is', async () => {
    const scene = createOffice();
    await encrypt(scene, ['users.email']);
    scene.change((database) => {
      database.exec('UPDATE sessions SET token = (SELECT email FROM users WHERE id = 1) WHERE rowid = 1');
    });
    const { code, stdout } = await scene.run('rotate', ...rotation, '--column', 'users.email');
    expect(code, stdout).toBe(14);
    expect(stdout).toContain('sessions');
  });
});

describe('a table or column that was renamed', () => {
  const rename = 'ALTER TABLE users RENAME TO people; ALTER TABLE people RENAME COLUMN email TO mail';

  test('is rotated under the names of before, which the ledger remembers', async () => {
    const scene = createOffice();
    await encrypt(scene);
    scene.change((database) => {
      database.exec(rename);
    });
    const names = ['--sealed-as', 'people=users', '--sealed-as', 'people.mail=users.email'];
    const { code, stdout } = await scene.run('rotate', ...rotation, ...names);
    expect(code, stdout).toBe(0);
    const mail = 'SELECT mail FROM people WHERE id = 1';
    expect(newValueAt(scene, mail, placeOf('users', 'email', first))).toBe('tuser1@example.com');
    const verified = await scene.run('verify', '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ outcome: 'verified', total: { new: 12 } });
    const back = await scene.run('rollback', ...quietly);
    expect(back.code, back.stdout).toBe(0);
    expect(valueAt(scene, mail, placeOf('users', 'email', first))).toBe('tuser1@example.com');
  });

  test('is refused with what to type where nobody says so', async () => {
    const scene = createOffice();
    await encrypt(scene, ['users.email']);
    scene.change((database) => {
      database.exec(rename);
    });
    const result = await scene.run('rotate', ...rotation);
    expect(result.code).toBe(12);
    expect(errorOf(result).hints.join()).toContain('--sealed-as NEW_NAME=OLD_NAME');
    const unknown = await scene.run('rotate', ...rotation, '--sealed-as', 'users=people');
    expect(errorOf(unknown)).toMatchObject({ code: 'KT_UNKNOWN_COLUMN', exitCode: 2 });
  });

  test.each(['row', 'none'])(
    'is not left behind by the rollback of its encryption, bound to %s',
    async (bind) => {
      const scene = createOffice();
      const before = everything(scene);
      await encrypt(scene, ['users.email', 'users.phone'], '--bind', bind);
      scene.change((database) => {
        database.exec('ALTER TABLE users RENAME COLUMN email TO mail');
      });
      const refused = await scene.run('rollback', ...quietly);
      expect(errorOf(refused)).toMatchObject({ code: 'KT_COLUMN_RENAMED', exitCode: 16 });
      expect(errorOf(refused).message).toContain('users.email of the migration is gone, and users.mail');
      scene.change((database) => {
        database.exec('ALTER TABLE users RENAME COLUMN mail TO email');
      });
      expect((await scene.run('rollback', ...quietly)).code).toBe(0);
      expect(everything(scene)).toEqual(before);
    },
  );
});

test('a rotation binds what was bound to nothing, and takes it back', async () => {
  const scene = createOffice();
  await encrypt(scene, ['users.email'], '--bind', 'none');
  const { code, stdout } = await scene.run('rotate', ...rotation, '--to-format', 'tink-xaes:bind=row');
  expect(code, stdout).toBe(0);
  expect(newValueAt(scene, email(2), placeOf('users', 'email', second))).toBe('tuser2@example.com');
  expect((await scene.run('rollback', ...quietly)).code).toBe(0);
  expect(valueAt(scene, email(2), Buffer.alloc(0))).toBe('tuser2@example.com');
});

const python = readingLanguages.find(({ name }) => name === 'python');

test.runIf(python && isAtHand(python))(
  'an application in Python reads what was encrypted, and what it writes is verified and decrypted',
  async () => {
    const scene = createScene((database) => {
      database.exec('CREATE TABLE users(id INTEGER, region TEXT, email TEXT, PRIMARY KEY (id, region))');
      database.exec("INSERT INTO users VALUES (7, 'a', 'mario@example.com'), (8, 'a', 'anna@example.com')");
    });
    await encrypt(scene, ['users.email']);
    if (!python) return;
    const stored = String(scene.values('SELECT email FROM users WHERE id = 7')[0]);
    const [read, written = ''] = runPage(python, testKeys.old.toString('hex'), stored, 'luigi@example.com');
    expect(read).toBe('mario@example.com');
    scene.change((database) => {
      database.prepare('UPDATE users SET email = ? WHERE id = 7').run(written);
    });
    const verified = await scene.run('verify', '--json');
    expect(JSON.parse(verified.stdout)).toMatchObject({ outcome: 'verified', total: { new: 2 } });
    expect((await scene.run('rollback', ...quietly)).code).toBe(0);
    expect(scene.values('SELECT email FROM users')).toEqual(['luigi@example.com', 'anna@example.com']);
  },
);
