import { describe, expect, test } from 'vitest';
import { createScene, opened, rotationKeys, token, type Scene } from '../support/scene.ts';

const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

/** Names that quoting, shells, terminals and options could trip over. */
const names = [
  'my table',
  'keyturn_notes',
  'quo"te',
  "it's",
  'a.b',
  'sélect 表',
  'order',
  '[x]',
  '`y`',
  'x;--',
  '$(touch pwned)',
  '-dash',
  '\u001b[31mred\u001b[0m',
  'right\u202eleft',
  'new\nline',
];

test('tables and columns of any name are rotated, verified and taken back', async () => {
  const scene = createScene((database) => {
    for (const name of names) {
      database.exec(`CREATE TABLE ${quote(name)}(${quote(name)} TEXT, "other one" TEXT)`);
      database.prepare(`INSERT INTO ${quote(name)} VALUES (?, ?)`).run(token('old', name), token('third'));
    }
  });
  const { code, result } = await scene.rotate();
  expect(code).toBe(0);
  expect(result.cells.rewritten).toBe(names.length);
  const verified = await scene.run('verify');
  const planned = await scene.run('rollback', '--dry-run');
  const back = await scene.run('rollback', '--yes', '--triggers', 'fire');
  for (const { code: exitCode, stdout, stderr } of [verified, planned, back]) {
    expect(exitCode).toBe(0);
    // eslint-disable-next-line no-control-regex -- what must not reach a terminal
    expect(stdout + stderr).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u202e]/);
  }
  for (const name of names) {
    const [cell = null] = scene.values(`SELECT ${quote(name)} FROM ${quote(name)}`);
    expect(opened('old', cell)).toBe(name);
  }
});

/** Every cell of a table with its key, as `[key..., plaintext]`. */
function cellsOf(scene: Scene, table: string, keys: string): readonly unknown[] {
  return scene
    .query(`SELECT ${keys}, cell FROM ${table} ORDER BY ${keys}`)
    .map((row) => [...row.slice(0, -1), opened('new', row.at(-1) ?? null)]);
}

describe('rows are found again by keys of every kind', () => {
  const texts = ['', ' ', 'a', 'A', 'é', "quo'te", 'a,b', 'z\0z', '%', '9007199254740993', '\u{1f600}'];
  const far = [-(2n ** 63n), -(2n ** 53n) - 1n, -1n, 0n, 2n ** 53n + 1n, 2n ** 63n - 1n];

  test('text, negative, 64-bit, composite, none, and columns that hide the rowid', async () => {
    const scene = createScene((database) => {
      database.exec(`
        CREATE TABLE by_text(k TEXT PRIMARY KEY, cell TEXT);
        CREATE TABLE by_text_alone(k TEXT PRIMARY KEY, cell TEXT) WITHOUT ROWID;
        CREATE TABLE by_number(k INTEGER PRIMARY KEY, cell TEXT);
        CREATE TABLE by_number_alone(k INTEGER PRIMARY KEY, cell TEXT) WITHOUT ROWID;
        CREATE TABLE downwards(k INTEGER PRIMARY KEY DESC, cell TEXT) STRICT;
        CREATE TABLE by_pair(k TEXT COLLATE NOCASE, n INTEGER, cell TEXT, PRIMARY KEY (n DESC, k)) WITHOUT ROWID;
        CREATE TABLE by_blob(k BLOB PRIMARY KEY, cell TEXT) WITHOUT ROWID;
        CREATE TABLE by_real(k REAL PRIMARY KEY, cell TEXT) WITHOUT ROWID;
        CREATE TABLE without_key(k, cell TEXT);
        CREATE TABLE hides(k, rowid TEXT, oid TEXT, cell TEXT)`);
      const insert = (table: string, keys: readonly unknown[]): void => {
        const places = ['?', ...keys.map(() => '?')].join(', ');
        const columns = ['k', 'n'].slice(0, keys.length).join(', ');
        const statement = database.prepare(`INSERT INTO ${table}(${columns}, cell) VALUES (${places})`);
        statement.run(...keys, token('old', `${table} ${keys.map(String).join('/')}`));
      };
      for (const text of texts) {
        insert('by_text', [text]);
        insert('by_text_alone', [text]);
        insert('by_blob', [Buffer.from(text)]);
        insert('without_key', [text]);
        insert('hides', [text]);
        if (text !== 'A') for (const number of far.slice(0, 2)) insert('by_pair', [text, number]);
      }
      insert('without_key', [null]);
      insert('without_key', [null]);
      for (const number of far)
        for (const table of ['by_number', 'by_number_alone', 'downwards']) insert(table, [number]);
      for (const real of [-1e308, -0.1, 0, 1e-300, 0.1, Number.POSITIVE_INFINITY]) insert('by_real', [real]);
    });
    const { code, result } = await scene.rotate('--batch-rows', '3');
    expect(code, JSON.stringify(result.issues)).toBe(0);
    expect(result.targets).toHaveLength(10);
    const plain = (table: string, ...keys: readonly unknown[]): unknown[] => [
      ...keys,
      `${table} ${keys.map(String).join('/')}`,
    ];
    for (const table of ['by_number', 'by_number_alone', 'downwards']) {
      expect(cellsOf(scene, table, 'k')).toEqual(far.map((number) => plain(table, number)));
    }
    for (const table of ['by_text', 'by_text_alone', 'hides']) {
      expect(new Set(cellsOf(scene, table, 'k'))).toEqual(new Set(texts.map((text) => plain(table, text))));
    }
    expect(cellsOf(scene, 'by_pair', 'n, k')).toHaveLength(2 * (texts.length - 1));
    for (const table of ['by_pair', 'by_blob', 'by_real', 'without_key']) {
      for (const row of scene.query(`SELECT cell FROM ${table}`)) {
        expect(opened('new', row[0] ?? null)).toMatch(new RegExp(`^${table} `));
      }
    }
  });
});

test('generated columns, views, virtual tables and partial indexes do not disturb', async () => {
  const scene = createScene((database) => {
    database.exec(`
      CREATE TABLE t(id INTEGER PRIMARY KEY, cell TEXT UNIQUE, stored TEXT AS (cell) STORED, computed TEXT AS (cell));
      CREATE INDEX part ON t(cell) WHERE cell IS NOT NULL;
      CREATE INDEX expression ON t(substr(cell, 1, 20));
      CREATE VIEW seen AS SELECT cell FROM t;
      CREATE VIRTUAL TABLE words USING fts5(body);
      INSERT INTO words VALUES ('plain words');
      CREATE TABLE parent(id INTEGER PRIMARY KEY, cell TEXT UNIQUE);
      CREATE TABLE child(cell TEXT REFERENCES parent(cell) ON UPDATE CASCADE)`);
    database.prepare('INSERT INTO t(cell) VALUES (?), (?)').run(token('old', 'one'), token('old', 'two'));
  });
  const plan = await scene.run('plan', ...rotationKeys, '--json');
  expect(JSON.parse(plan.stdout)).toMatchObject({
    columns: [{ table: 't', column: 'cell' }],
    excluded: [{ column: 'stored' }, { column: 'computed' }],
  });
  expect((await scene.rotate()).code).toBe(0);
  const rows = scene.query('SELECT cell, stored, computed FROM t ORDER BY id');
  expect(rows.map((row) => row.map((cell) => opened('new', cell)))).toEqual([
    ['one', 'one', 'one'],
    ['two', 'two', 'two'],
  ]);
  expect(scene.values('PRAGMA integrity_check')).toEqual(['ok']);
});

test('a table whose rows nothing names is refused with a remedy that works (exit 2)', async () => {
  const scene = createScene((database) => {
    database.exec('CREATE TABLE t(rowid TEXT, _rowid_ TEXT, oid TEXT, cell TEXT)');
    database.prepare('INSERT INTO t(cell) VALUES (?)').run(token('old'));
  });
  const { code, stderr } = await scene.run('rotate', ...rotationKeys, '--yes');
  expect(code).toBe(2);
  expect(stderr).toContain('KT_TABLE_WITHOUT_ADDRESS');
  scene.change((database) =>
    database.exec(`CREATE TABLE fresh(id INTEGER PRIMARY KEY, rowid TEXT, _rowid_ TEXT, oid TEXT, cell TEXT);
      INSERT INTO fresh(cell) SELECT cell FROM t; DROP TABLE t; ALTER TABLE fresh RENAME TO t`),
  );
  expect((await scene.rotate()).code).toBe(0);
});
