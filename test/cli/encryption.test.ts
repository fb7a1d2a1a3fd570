import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { VerifyResult } from '../../src/lib/cli/results/verify-result.ts';
import type { KeyturnResult } from '../support/run-keyturn.ts';
import {
  createScene,
  errorOf,
  opened,
  rotationKeys,
  tableOf,
  token,
  type Scene,
  type Stored,
} from '../support/scene.ts';

const killer = pathToFileURL(join(import.meta.dirname, '../support/kill-at-step.js')).href;

const run = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;

/** Runs `encrypt` or `decrypt` on columns of a scene with one of its keys. */
async function take(
  scene: Scene,
  command: 'encrypt' | 'decrypt',
  { columns = ['t.cell'], key = 'new', flags = [], format = 'fernet' }: TakeOptions = {},
): Promise<KeyturnResult> {
  const named = columns.flatMap((column) => ['--column', column]);
  return scene.run(command, ...named, '--key', `file:${key}.key`, '--format', format, ...run, ...flags);
}

interface TakeOptions {
  readonly columns?: readonly string[];
  readonly key?: 'old' | 'new' | 'third';
  readonly flags?: readonly string[];
  /** Fernet, which the tests can open by themselves. */
  readonly format?: string;
}

async function taken(...args: Parameters<typeof take>): Promise<RunResult> {
  const { code, stdout, stderr } = await take(...args);
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as RunResult;
}

/** A table `t` with values in two columns. */
function withTwoColumns(database: Database.Database): void {
  database.exec('CREATE TABLE t(id INTEGER PRIMARY KEY, cell TEXT, other TEXT)');
  const insert = database.prepare('INSERT INTO t(cell, other) VALUES (?, ?)');
  for (let row = 0; row < 90; row += 1) insert.run(`v${row}`, `w${row}`);
}

/** What the cells of `t.cell` open to, in their order. */
function openedCells(scene: Scene, key: 'old' | 'new' = 'new'): readonly string[] {
  return scene.values('SELECT cell FROM t ORDER BY id').map((cell) => opened(key, cell));
}

const texts: readonly string[] = [
  'mario@example.com',
  'Zürich',
  ' ',
  "it's",
  '0',
  '-1e5',
  'NULL',
  'x'.repeat(5000),
];

test('every value of a column is encrypted, NULL and empty ones excepted, and comes back as it was', async () => {
  const scene = createScene(tableOf(...texts, null, ''));
  const before = scene.query('SELECT id, cell, typeof(cell) FROM t');
  const { kind, oldKeyId, cells } = await taken(scene, 'encrypt');
  expect({ kind, oldKeyId }).toEqual({ kind: 'encrypt', oldKeyId: null });
  expect(cells).toMatchObject({ rewritten: texts.length, null: 1, empty: 1, quarantined: 0 });
  expect(openedCells(scene)).toEqual([...texts, 'no cell', 'malformed']);
  const back = await scene.run('rollback', '--yes');
  expect(back.code, back.stderr).toBe(0);
  expect(scene.query('SELECT id, cell, typeof(cell) FROM t')).toEqual(before);
});

test('empty values are encrypted where the operator says so', async () => {
  const scene = createScene(tableOf('a', '', null));
  const { cells } = await taken(scene, 'encrypt', { flags: ['--empty', 'encrypt'] });
  expect(cells).toMatchObject({ rewritten: 2, null: 1, empty: 0 });
  expect(openedCells(scene)).toEqual(['a', '', 'no cell']);
  await taken(scene, 'decrypt');
  expect(scene.values('SELECT cell FROM t ORDER BY id')).toEqual(['a', '', null]);
});

test.each<readonly [string, string, readonly Stored[]]>([
  ['blobs', 'fernet', [Buffer.from([0, 255, 128]), Buffer.from('text in a blob'), Buffer.alloc(3000, 7)]],
  ['whole numbers', 'fernet', [0n, -1n, 9_223_372_036_854_775_807n, -9_223_372_036_854_775_808n]],
  ['texts that are numbers', 'fernet', ['007', '1e3', '+1', '9007199254740993']],
  [
    'values of every type in one column',
    'tink-xaes',
    ['a', Buffer.from('a'), 1n, -0.5, 1e300, 5, '5', 5n, ''],
  ],
])('%s come back from %s cells with their storage class', async (_, format, values) => {
  const scene = createScene((database) => {
    database.exec('CREATE TABLE t(id INTEGER PRIMARY KEY, cell)');
    const insert = database.prepare('INSERT INTO t(cell) VALUES (?)');
    for (const value of values) insert.run(value);
  });
  const before = scene.query('SELECT id, cell, typeof(cell) FROM t');
  await taken(scene, 'encrypt', { format });
  expect(scene.query('SELECT id, cell, typeof(cell) FROM t')).not.toEqual(before);
  expect((await scene.run('rollback', '--yes')).code).toBe(0);
  expect(scene.query('SELECT id, cell, typeof(cell) FROM t')).toEqual(before);
});

test('values of several types are refused by a format that does not keep the type of each', async () => {
  const scene = createScene((database) => {
    database.exec("CREATE TABLE t(id INTEGER PRIMARY KEY, cell); INSERT INTO t(cell) VALUES ('a'), (1)");
  });
  const result = await take(scene, 'encrypt', {});
  expect(result.code).toBe(2);
  expect(errorOf(result)).toMatchObject({ code: 'KT_MIXED_TYPES' });
});

test('encrypting again finds nothing to do, and takes only what was added since', async () => {
  const scene = createScene(tableOf(...texts));
  await taken(scene, 'encrypt');
  const once = scene.values('SELECT cell FROM t');
  expect((await taken(scene, 'encrypt')).state).toBe('nothing to do');
  scene.change((database) => {
    database.exec("INSERT INTO t(cell) VALUES ('late')");
  });
  const verified = await scene.run('verify', '--json');
  expect(verified.code).toBe(14);
  expect((JSON.parse(verified.stdout) as VerifyResult).outcome).toBe('plaintext found');
  expect((await taken(scene, 'encrypt')).cells).toMatchObject({ rewritten: 1, already: texts.length });
  expect(scene.values('SELECT cell FROM t LIMIT 8')).toEqual(once);
});

test('a column without a value is said to be that, not to be encrypted already', async () => {
  const scene = createScene((database) => {
    database.exec(
      'CREATE TABLE t(id INTEGER PRIMARY KEY, cell TEXT); CREATE TABLE u(id INTEGER PRIMARY KEY, cell TEXT)',
    );
    database.exec("INSERT INTO t(cell) VALUES (NULL), (NULL), ('')");
  });
  const plan = await scene.run('plan', '--encrypt', 't.cell', '--key', 'file:new.key', '--format', 'fernet');
  expect(plan.stdout).toMatch(
    /^Nothing to encrypt: t\.cell holds no value \(3 rows, 2 NULL and 1 empty\)\.\n/,
  );
  expect(await taken(scene, 'encrypt', { columns: ['t.cell', 'u.cell'] })).toMatchObject({
    state: 'nothing to do',
    blank: [
      { table: 't', column: 'cell', cells: { null: 2, empty: 1, new: 0 } },
      { table: 'u', column: 'cell', cells: { null: 0, empty: 0, new: 0 } },
    ],
  });
  const rotation = await scene.run('rotate', ...rotationKeys, '--column', 't.cell', '--yes');
  expect(rotation.code).toBe(17);
  expect(rotation.stderr).toContain('nothing to rotate: t.cell holds no value (3 rows, 2 NULL and 1 empty)');
  const empties = await taken(scene, 'encrypt', { flags: ['--empty', 'encrypt'] });
  expect(empties).toMatchObject({ state: 'succeeded', cells: { rewritten: 1, null: 2 } });
});

test('verify finds plaintext in every column that was encrypted, whatever was migrated since', async () => {
  const scene = createScene(withTwoColumns);
  await taken(scene, 'encrypt', { columns: ['t.cell'] });
  await taken(scene, 'encrypt', { columns: ['t.other'] });
  expect((await scene.run('verify')).code).toBe(0);
  scene.change((database) => database.exec("INSERT INTO t(cell) VALUES ('late')"));
  expect((await scene.run('verify')).code).toBe(14);
  await taken(scene, 'decrypt', { columns: ['t.cell'] });
  expect((await scene.run('verify', '--new-key', 'file:new.key')).code).toBe(0);
});

test('cells under another key are quarantined, never encrypted again, unless they are said to be plaintext', async () => {
  const foreign = token('old', 'sealed elsewhere');
  const scene = createScene(tableOf('plain', foreign));
  const { code, stdout } = await take(scene, 'encrypt');
  expect(code).toBe(3);
  const { cells, warnings } = JSON.parse(stdout) as RunResult;
  expect(cells).toMatchObject({ rewritten: 1, quarantined: 1 });
  // The plan took a cell of another format for plaintext, and nobody was told before the run.
  const warned =
    't.cell: 1 cell looks encrypted but does not open under the key, to be quarantined; --assume-plaintext t.cell encrypts them too';
  expect(warnings).toContain(warned);
  expect(scene.values('SELECT cell FROM t WHERE id = 2')).toEqual([foreign]);
  expect((await scene.run('rollback', '--yes')).code).toBe(3);
  expect(scene.values('SELECT cell FROM t ORDER BY id')).toEqual(['plain', foreign]);

  const willing = createScene(tableOf('plain', foreign));
  await taken(willing, 'encrypt', { flags: ['--assume-plaintext', 't.cell'] });
  expect(openedCells(willing)).toEqual(['plain', foreign]);
  // The plan of a decryption showed its cells under the new key, of which there is none.
  const decryption = ['--decrypt', 't.cell', '--key', 'file:new.key', '--json'];
  const { columns } = JSON.parse((await willing.run('plan', ...decryption)).stdout) as PlanResult;
  expect(columns[0]?.cells).toMatchObject({ old: 2, new: 0 });
  const back = await willing.run('rollback', '--yes');
  expect(back.code, back.stdout).toBe(0);
  expect(willing.values('SELECT cell FROM t ORDER BY id')).toEqual(['plain', foreign]);
});

test('decrypting with a key that opens nothing stops before the first write', async () => {
  const scene = createScene(tableOf(token('old'), token('old')));
  const before = scene.values('SELECT cell FROM t');
  const result = await take(scene, 'decrypt', { key: 'third' });
  expect(result.code).toBe(12);
  expect(errorOf(result)).toMatchObject({ code: 'KT_WRONG_KEY' });
  expect(scene.values('SELECT cell FROM t')).toEqual(before);
});

test('an encrypted column can be rotated, and a decryption leaves nothing under the key', async () => {
  const scene = createScene(tableOf(...texts));
  await taken(scene, 'encrypt', { key: 'old' });
  expect((await scene.rotate()).code).toBe(0);
  expect(openedCells(scene)).toEqual(texts);
  await taken(scene, 'decrypt');
  expect(scene.values('SELECT cell FROM t')).toEqual(texts);
  const verified = await scene.run('verify');
  expect(verified.code, verified.stderr).toBe(0);
  expect(verified.stdout).toContain('no cell is encrypted any more');
});

test('an encryption that is killed again and again goes on, and is never mistaken for another', async () => {
  const rows = Array.from({ length: 400 }, (_, row) => `value ${String(row)}`);
  const scene = createScene(tableOf(...rows));
  const flags = ['--batch-rows', '10'];
  const words = ['--column', 't.cell', '--key', 'file:new.key', '--format', 'fernet', ...run, ...flags];
  for (const step of ['after commit:8', 'chunk transcoded:5', 'cells replaced:5', 'before commit:9']) {
    const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: step };
    const { signal } = await scene.runWith({ env }, 'encrypt', ...words);
    expect(signal, step).toBe('SIGKILL');
    scene.change((database) => database.pragma('integrity_check'));
    const cells = scene.values('SELECT cell FROM t ORDER BY id');
    expect(cells.map((cell) => (opened('new', cell) === 'malformed' ? cell : opened('new', cell)))).toEqual(
      rows,
    );
  }
  const other = await take(scene, 'encrypt', { key: 'third' });
  expect(errorOf(other)).toMatchObject({ code: 'KT_UNFINISHED_MIGRATION' });
  await taken(scene, 'encrypt', { flags });
  expect(openedCells(scene)).toEqual(rows);
});

test.each([
  ['killed half way', 'execute', ['--batch-rows', '10']],
  ['that waits for finalize', 'finalize', ['--into', '{column}_cells']],
])('an encryption %s is not given up for that of another column', async (how, onwards, flags) => {
  const scene = createScene(withTwoColumns);
  const isKilled = how.startsWith('killed');
  const env = isKilled ? { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: 'after commit:8' } : {};
  const words = ['--key', 'file:new.key', '--format', 'fernet', ...run];
  await scene.runWith({ env }, 'encrypt', '--column', 't.cell', ...words, ...flags);
  const before = scene.query('SELECT * FROM t');
  for (const others of [[], ['--into', '{column}_beside']]) {
    const error = errorOf(await scene.run('encrypt', '--column', 't.other', ...words, ...others));
    expect(error).toMatchObject({ code: 'KT_UNFINISHED_MIGRATION', exitCode: 2 });
    expect(error.message).toContain('t.cell');
    expect(error.hints[0]).toContain(`keyturn ${onwards}`);
  }
  expect(scene.query('SELECT * FROM t')).toEqual(before);
  const confirmed = isKilled ? [] : ['--confirm', 't.cell'];
  expect((await scene.run(onwards, ...run, ...confirmed)).code).toBe(0);
  await taken(scene, 'encrypt', { columns: ['t.other'] });
  const cells = scene.values(`SELECT ${isKilled ? 'cell' : 'cell_cells'} FROM t`);
  expect(cells.map((cell) => opened('new', cell))).toEqual(Array.from({ length: 90 }, (_, row) => `v${row}`));
});

test('a dry run encrypts nothing, and a column that does not exist is named', async () => {
  const scene = createScene(tableOf('a', 'b'));
  expect((await taken(scene, 'encrypt', { flags: ['--dry-run'] })).state).toBe('rehearsed');
  expect(scene.values('SELECT cell FROM t')).toEqual(['a', 'b']);
  const missing = await take(scene, 'encrypt', { columns: ['t.cel'] });
  expect(missing.code).toBe(2);
  expect(errorOf(missing).message).toContain('t.cell');
});

test('no plaintext is in the ledger, in any output, or in the plan', async () => {
  const secret = 'canary-4f1d9a';
  const scene = createScene(tableOf(...Array.from({ length: 50 }, (_, row) => `${secret}-${String(row)}`)));
  const outputs = [];
  for (const flags of [
    ['--dry-run', '--debug', '--verbose'],
    ['--debug', '--verbose'],
  ]) {
    outputs.push(
      await scene.run(
        'encrypt',
        '--column',
        't.cell',
        '--key',
        'file:new.key',
        '--yes',
        '--no-backup',
        ...flags,
      ),
    );
  }
  outputs.push(await scene.run('status', '--json'), await scene.run('verify', '--json'));
  expect(outputs.filter(({ stdout, stderr }) => (stdout + stderr).includes(secret))).toEqual([]);
  const ledger = scene.values("SELECT name FROM sqlite_schema WHERE name LIKE 'keyturn%' AND type = 'table'");
  const rows = ledger.flatMap((name) => scene.query(`SELECT * FROM ${String(name)}`));
  expect(rows.filter((row) => row.some((value) => String(value).includes(secret)))).toEqual([]);
});
