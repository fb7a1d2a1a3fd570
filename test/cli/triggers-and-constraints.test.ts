import { describe, expect, test } from 'vitest';
import { contentOf } from '../support/database-content.ts';
import { createScene, errorOf, opened, rotationKeys, tableOf, token, type Scene } from '../support/scene.ts';

const canary = 'words that a trigger would let slip';

function sceneWith(schema: string): Scene {
  return createScene((database) => {
    tableOf(token('old', 'one'), token('old', canary), token('old', 'three'))(database);
    database.exec(schema);
  });
}

const opensUnder = (scene: Scene, role: 'old' | 'new'): readonly string[] =>
  scene.values('SELECT cell FROM t ORDER BY id').map((cell) => opened(role, cell));

describe('triggers that the rewriting fires', () => {
  const schema = `CREATE TABLE seen(id); CREATE TRIGGER "note it" AFTER UPDATE OF cell ON t
    BEGIN INSERT INTO seen VALUES (new.id); END`;

  test('are named and not fired unasked (exit 5), and cannot be suppressed (exit 2)', async () => {
    const scene = sceneWith(schema);
    const content = contentOf(scene.path);
    const plan = await scene.run('plan', ...rotationKeys, '--json');
    expect(JSON.parse(plan.stdout)).toMatchObject({ obstacles: [{ kind: 'trigger', trigger: 'note it' }] });
    for (const [flags, exitCode] of [
      [[], 5],
      [['--triggers', 'suppress'], 2],
    ] as const) {
      const result = await scene.run('rotate', ...rotationKeys, '--yes', '--json', ...flags);
      expect(result.code).toBe(exitCode);
      expect(errorOf(result)).toMatchObject({ code: 'KT_TRIGGERS', exitCode });
      expect(errorOf(result).message).toContain('"note it" on "t"');
    }
    expect(contentOf(scene.path)).toBe(content);
  });

  test('fire once a row when the operator says so, and not at all in a rehearsal', async () => {
    const scene = sceneWith(schema);
    const rehearsal = await scene.run('rotate', ...rotationKeys, '--dry-run', '--triggers', 'fire');
    expect(rehearsal.code).toBe(0);
    expect(scene.values('SELECT id FROM seen')).toEqual([]);
    expect((await scene.rotate('--triggers', 'fire')).code).toBe(0);
    expect(scene.values('SELECT id FROM seen')).toEqual([1n, 2n, 3n]);
  });
});

describe('a row whose new cell the schema refuses', () => {
  const refusals = {
    'a trigger that swallows updates': `CREATE TRIGGER no BEFORE UPDATE ON t WHEN old.id = 2
      BEGIN SELECT RAISE(IGNORE); END`,
    'a trigger that aborts them, with the value in its message': `CREATE TRIGGER no BEFORE UPDATE ON t WHEN old.id = 2
      BEGIN SELECT RAISE(ABORT, 'refused: ' || old.cell || '${canary}'); END`,
    'a unique index on part of the cell': `CREATE TABLE first_letters(letters UNIQUE, id);
      INSERT INTO first_letters VALUES ('gAAAAA', 2);
      CREATE TRIGGER no AFTER UPDATE ON t WHEN old.id = 2
      BEGIN INSERT INTO first_letters VALUES (substr(new.cell, 1, 6), new.id); END`,
  };

  test.each(Object.entries(refusals))(
    'because of %s, is quarantined and named, never excused',
    async (_, schema) => {
      const scene = sceneWith(schema);
      for (const flags of [[], ['--max-quarantine', '100']]) {
        const { code, result, stdout, stderr } = await scene.rotate(
          '--triggers',
          'fire',
          '--debug',
          ...flags,
        );
        expect(code).toBe(3);
        expect(result).toMatchObject({
          state: 'failed',
          cells: { rewritten: 2, quarantined: 1 },
          issues: [{ reason: 'refused', cells: 1, places: [{ table: 't', rowKey: '2', column: 'cell' }] }],
        });
        expect(result.warnings).toContainEqual(
          expect.stringContaining('1 of them are still under the old key'),
        );
        expect(stdout + stderr).not.toContain(canary);
      }
      expect(opensUnder(scene, 'new')).toEqual(['one', 'rejected', 'three']);
      expect(opensUnder(scene, 'old')[1]).toBe(canary);
    },
  );

  test('because of a CHECK, is quarantined; rows that break a CHECK already do not stop the backup', async () => {
    const scene = createScene((database) => {
      database.exec(`CREATE TABLE t(id INTEGER PRIMARY KEY, cell TEXT CHECK (id <> 2 OR cell = 'never'))`);
      database.pragma('ignore_check_constraints = ON');
      const insert = database.prepare('INSERT INTO t(cell) VALUES (?)');
      for (const plaintext of ['one', canary, 'three']) insert.run(token('old', plaintext));
    });
    const { code, result } = await scene.rotate();
    expect(code).toBe(3);
    expect(result.backup).not.toBeNull();
    expect(result.issues).toMatchObject([{ reason: 'refused', cells: 1 }]);
    expect(opensUnder(scene, 'new')).toEqual(['one', 'rejected', 'three']);
  });
});

test.each([
  ['rolls back the whole transaction', `SELECT RAISE(ROLLBACK, '${canary}')`, 'KT_TRANSACTION_REFUSED'],
  ['names a table that is gone', 'INSERT INTO nowhere VALUES (1)', 'KT_STATEMENT_REFUSED'],
])('a trigger that %s ends the run with an explanation and no harm', async (_, body, code) => {
  const scene = sceneWith(`CREATE TRIGGER no BEFORE UPDATE ON t WHEN old.id = 2 BEGIN ${body}; END`);
  const flags = [...rotationKeys, '--yes', '--triggers', 'fire', '--json', '--debug'];
  const result = await scene.run('rotate', ...flags);
  expect(result.code).toBe(1);
  expect(errorOf(result)).toMatchObject({ code });
  expect(result.stdout + result.stderr).not.toContain(canary);
  expect(opensUnder(scene, 'old')).toEqual(['one', canary, 'three']);
  scene.change((database) => database.exec('DROP TRIGGER no'));
  // The recorded plan was made for a table with that trigger: a new one takes its place.
  expect((await scene.rotate()).code).toBe(0);
  expect(opensUnder(scene, 'new')).toEqual(['one', canary, 'three']);
});

test('a trigger that puts old cells back is noticed', async () => {
  const scene = sceneWith(`CREATE TRIGGER back AFTER UPDATE ON t WHEN old.id = 2
    BEGIN UPDATE t SET cell = old.cell WHERE id = 2; END`);
  const { code, result } = await scene.rotate('--triggers', 'fire');
  expect(code).toBe(4);
  expect(result.state).toBe('failed');
  expect(result.warnings).toContainEqual(expect.stringContaining('or a trigger'));
});

describe('foreign keys that refer to encrypted cells', () => {
  const referring = (action: string): Scene =>
    createScene((database) => {
      database.exec(`CREATE TABLE parent(id INTEGER PRIMARY KEY, cell TEXT UNIQUE);
        CREATE TABLE child(id INTEGER PRIMARY KEY, cell TEXT REFERENCES Parent(CELL) ON UPDATE ${action})`);
      for (const plaintext of ['one', 'two']) {
        const cell = token('old', plaintext);
        database.prepare('INSERT INTO parent(cell) VALUES (?)').run(cell);
        database.prepare('INSERT INTO child(cell) VALUES (?)').run(cell);
      }
    });

  test.each(['SET NULL', 'SET DEFAULT'])('with ON UPDATE %s are never set off', async (action) => {
    const scene = referring(action);
    const before = scene.query('SELECT * FROM parent JOIN child USING (id)');
    const plan = await scene.run('plan', ...rotationKeys, '--json');
    expect(JSON.parse(plan.stdout)).toMatchObject({
      excluded: [{ table: 'parent', column: 'cell', opensUnder: 'old' }],
      warnings: [expect.stringContaining('a foreign key that empties what refers to it')],
    });
    expect((await scene.rotate()).code).toBe(14);
    expect((await scene.rotate('--column', 'parent.cell')).code).toBe(2);
    expect(scene.query('SELECT * FROM parent JOIN child USING (id)')).toEqual(before);
  });

  test('with ON UPDATE CASCADE take the new cells along', async () => {
    const scene = referring('CASCADE');
    expect((await scene.rotate()).code).toBe(0);
    const cells = scene.values('SELECT child.cell FROM child JOIN parent USING (cell) ORDER BY child.id');
    expect(cells.map((cell) => opened('new', cell))).toEqual(['one', 'two']);
  });

  test('and are checked at the end of a transaction alone, end the run with an explanation', async () => {
    const scene = referring('NO ACTION DEFERRABLE INITIALLY DEFERRED');
    const result = await scene.run('rotate', ...rotationKeys, '--yes', '--json');
    expect(errorOf(result)).toMatchObject({ code: 'KT_TRANSACTION_REFUSED' });
    expect(errorOf(result).message).toContain('a deferred foreign key');
    const cells = scene.values('SELECT child.cell FROM child JOIN parent USING (cell) ORDER BY child.id');
    expect(cells.map((cell) => opened('old', cell))).toEqual(['one', 'two']);
  });
});
