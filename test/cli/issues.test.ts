import { describe, expect, test } from 'vitest';
import type { IssuesListResult } from '../../src/lib/cli/results/issues-list-result.ts';
import { createScene, errorOf, opened, tableOf, token, type Scene } from '../support/scene.ts';

async function listIssues(scene: Scene, ...flags: readonly string[]): Promise<IssuesListResult> {
  const { stdout } = await scene.run('issues list', '--json', ...flags);
  return JSON.parse(stdout) as IssuesListResult;
}

const passes = (scene: Scene): unknown => scene.values('SELECT pass FROM keyturn_target');
const secret = 'words that nobody may print';

describe('keyturn issues list', () => {
  const scene = (): Scene =>
    createScene((database) => {
      tableOf(token('old'), secret, token('third', secret), token('old'))(database);
      database.exec(
        `CREATE TABLE "by key"(k TEXT, n INTEGER, b BLOB, cell TEXT, PRIMARY KEY (k, n, b)) WITHOUT ROWID`,
      );
      const insert = database.prepare('INSERT INTO "by key" VALUES (?, ?, ?, ?)');
      for (const k of ["it's", 'é\n', '']) insert.run(k, 9007199254740993n, Buffer.from([0, 255]), secret);
      insert.run('good', 1, Buffer.alloc(0), token('old'));
    });

  test('names every cell with its reason and a condition that finds its row, and no value', async () => {
    const database = scene();
    const { code, result } = await database.rotate();
    expect(code).toBe(3);
    expect(result.next[0]).toMatch(/^keyturn issues list /);
    const list = await listIssues(database);
    expect(list).toMatchObject({ total: 5, migration: result.migration });
    for (const { table, where, column, reason } of list.issues) {
      const found = database.values(`SELECT "${column}" FROM "${table}" WHERE ${String(where)}`);
      expect(found).toHaveLength(1);
      if (reason === 'malformed') expect(found).toEqual([secret]);
      else expect(opened('third', found[0] ?? null)).toBe(secret);
    }
    const text = await database.run('issues list');
    expect(text.code).toBe(0);
    expect(text.stdout).toContain(`"k" = 'it''s' AND "n" = 9007199254740993 AND "b" = x'00ff'`);
    expect(text.stdout + JSON.stringify(list)).not.toContain(secret);
    expect(text.stdout).not.toContain('gAAAA');
  });

  test('lists as many as are asked for, for one reason if wanted, also of an earlier migration', async () => {
    const database = scene();
    const first = await database.rotate();
    const list = await listIssues(database, '--reason', 'malformed', '--limit', '2');
    expect(list).toMatchObject({ total: 4 });
    expect(list.issues).toHaveLength(2);
    expect(list.next[0]).toContain('--limit 4');
    expect((await database.run('rollback', '--yes')).code).toBe(3);
    expect(await listIssues(database, String(first.result.migration))).toMatchObject({ total: 5 });
    const unknown = await database.run('issues list', 'ffff', '--json');
    expect(errorOf(unknown)).toMatchObject({ code: 'KT_MIGRATION_NOT_FOUND', exitCode: 17 });
  });

  test('of a table that is gone still says what was there', async () => {
    const database = createScene(tableOf(token('old'), secret));
    expect((await database.rotate()).code).toBe(3);
    database.change((file) => file.exec('DROP TABLE t'));
    expect((await listIssues(database)).issues).toMatchObject([{ table: 't', rowKey: '2', where: null }]);
  });

  test('says that there are none where there are none', async () => {
    const database = createScene(tableOf(token('old')));
    expect((await database.rotate()).code).toBe(0);
    const { code, stdout } = await database.run('issues list');
    expect(code).toBe(0);
    expect(stdout).toContain('No cell is in quarantine');
  });
});

describe('a run after a quarantine', () => {
  const rows = Array.from({ length: 200 }, (_, row) =>
    row % 20 === 7 ? `no token ${String(row)}` : token('old', `value ${String(row)}`),
  );

  test('looks at the quarantined cells alone while too many are left, and proves everything at the end', async () => {
    const scene = createScene(tableOf(...rows));
    expect((await scene.rotate()).code).toBe(3);
    const walked = passes(scene);
    scene.change((database) => {
      database.prepare('UPDATE t SET cell = ? WHERE id = 8').run(token('old', 'repaired'));
      database.prepare('UPDATE t SET cell = ? WHERE id = 28').run(token('new', 'by the application'));
      database.exec('UPDATE t SET cell = NULL WHERE id = 48; DELETE FROM t WHERE id = 68');
    });
    const again = await scene.rotate();
    expect(again.code).toBe(3);
    expect(again.result.cells).toEqual({
      rewritten: 191,
      already: 1,
      null: 1,
      empty: 0,
      quarantined: 6,
      left: 0,
      deferred: 0,
    });
    expect(passes(scene)).toEqual(walked);
    expect(opened('new', scene.values('SELECT cell FROM t WHERE id = 8')[0] ?? null)).toBe('repaired');
    expect(await listIssues(scene)).toMatchObject({ total: 6 });

    scene.change((database) => {
      database.prepare(`UPDATE t SET cell = ? WHERE cell LIKE 'no token%'`).run(token('old', 'repaired'));
      // What was settled before may have been written again meanwhile: only an exhaustive proof meets this one.
      database.prepare('UPDATE t SET cell = ? WHERE id = 1').run(token('old', 'written since'));
    });
    const last = await scene.run('execute', '--yes', '--json');
    expect(last.code, last.stdout).toBe(0);
    expect(JSON.parse(last.stdout)).toMatchObject({
      state: 'succeeded',
      cells: { already: 0, null: 1, quarantined: 0 },
    });
    expect(opened('new', scene.values('SELECT cell FROM t WHERE id = 1')[0] ?? null)).toBe('written since');
    expect(scene.values('SELECT count(*) FROM keyturn_cell_issue')).toEqual([0n]);
  });

  test('touches the quarantined column of a row and no other', async () => {
    const scene = createScene((database) => {
      database.exec('CREATE TABLE t(id INTEGER PRIMARY KEY, a TEXT, b TEXT)');
      const insert = database.prepare('INSERT INTO t(a, b) VALUES (?, ?)');
      insert.run(token('old', 'a'), 'no token');
      insert.run('no token', 'no token');
      insert.run(token('old', 'a'), token('old', 'b'));
    });
    expect((await scene.rotate()).code).toBe(3);
    const before = scene.values('SELECT a FROM t WHERE id = 1');
    scene.change((database) => {
      database.prepare('UPDATE t SET b = ? WHERE id = 1').run(token('old', 'repaired'));
    });
    const { code, result } = await scene.rotate();
    expect(code).toBe(3);
    expect(result.cells).toMatchObject({ rewritten: 4, already: 0, null: 0, quarantined: 2 });
    expect(scene.values('SELECT a FROM t WHERE id = 1')).toEqual(before);
  });

  test('walks the table where VACUUM may have given its rows other keys', async () => {
    const scene = createScene((database) => {
      database.exec('CREATE TABLE t(cell TEXT)');
      for (const cell of [token('old', 'gone'), ...rows.slice(0, 30)]) {
        database.prepare('INSERT INTO t VALUES (?)').run(cell);
      }
    });
    expect((await scene.rotate()).code).toBe(3);
    scene.change((database) => {
      database.exec('DELETE FROM t WHERE rowid = 1; VACUUM');
      database.prepare(`UPDATE t SET cell = ? WHERE cell LIKE 'no token%'`).run(token('old', 'repaired'));
    });
    const { code, result } = await scene.rotate();
    expect(code, JSON.stringify(result)).toBe(0);
    expect(
      scene.values('SELECT cell FROM t').filter((cell) => opened('new', cell) === 'repaired'),
    ).toHaveLength(2);
  });

  test('is still refused wrong keys before it looks at a cell', async () => {
    const scene = createScene(tableOf(...rows.slice(0, 10)));
    expect((await scene.rotate()).code).toBe(3);
    const wrong = await scene.run('execute', '--yes', '--json', '--new-key', 'file:third.key');
    expect(errorOf(wrong)).toMatchObject({ code: 'KT_WRONG_KEY', exitCode: 12 });
  });
});
