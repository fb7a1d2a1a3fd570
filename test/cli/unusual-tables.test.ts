import { expect, test } from 'vitest';
import { createScene, opened, rotationKeys, token } from '../support/scene.ts';

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

/** More columns than SQLite takes levels in an expression, half of them with a cell. */
const wide = Array.from({ length: 1100 }, (_, index) => `c${String(index)}`);

// Plans, censuses and updates of such tables were statements that SQLite refuses, and the error spoke of triggers.
test('tables and columns of any name, and many of them, are rotated, verified and taken back', async () => {
  const scene = createScene((database) => {
    for (const name of names) {
      database.exec(`CREATE TABLE ${quote(name)}(${quote(name)} TEXT, "other one" TEXT)`);
      database.prepare(`INSERT INTO ${quote(name)} VALUES (?, ?)`).run(token('old', name), token('third'));
    }
    const [half, cell] = [wide.slice(550), `'${token('old')}'`];
    database.exec(`CREATE TABLE wide(${wide.join(' TEXT, ')} TEXT)`);
    database.exec(`INSERT INTO wide(${half.join()}) VALUES (${half.map(() => cell).join()})`);
  });
  const { code, result } = await scene.rotate();
  expect(code).toBe(0);
  expect(result.cells.rewritten).toBe(names.length + 550);
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

test('a table whose rows nothing names has a remedy that works', async () => {
  const scene = createScene((database) => {
    database.exec('CREATE TABLE t(rowid TEXT, _rowid_ TEXT, oid TEXT, cell TEXT)');
    database.prepare('INSERT INTO t(cell) VALUES (?)').run(token('old'));
  });
  const { code, stderr } = await scene.run('rotate', ...rotationKeys, '--yes');
  expect(code).toBe(17);
  expect(stderr).toContain('hide every name of the rowid');
  scene.change((database) =>
    database.exec(`CREATE TABLE fresh(id INTEGER PRIMARY KEY, rowid TEXT, _rowid_ TEXT, oid TEXT, cell TEXT);
      INSERT INTO fresh(cell) SELECT cell FROM t; DROP TABLE t; ALTER TABLE fresh RENAME TO t`),
  );
  expect((await scene.rotate()).code).toBe(0);
});
