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
          expect.stringContaining('1 of them is still under the old key'),
        );
        expect(stdout + stderr).not.toContain(canary);
      }
      expect(opensUnder(scene, 'new')).toEqual(['one', 'rejected', 'three']);
      expect(opensUnder(scene, 'old')[1]).toBe(canary);
    },
  );
});

test.each([
  ['rolls back the whole transaction', `SELECT RAISE(ROLLBACK, '${canary}')`, 'KT_TRANSACTION_REFUSED'],
  ['computes what overflows', 'SELECT abs(-9223372036854775808)', 'KT_STATEMENT_REFUSED'],
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
  expect(code).toBe(3);
  expect(result).toMatchObject({ state: 'failed', cells: { rewritten: 2, quarantined: 1 } });
});

test.each(['SET NULL', 'SET DEFAULT'])('foreign keys with ON UPDATE %s are never set off', async (action) => {
  const scene = createScene((database) => {
    database.exec(`CREATE TABLE parent(id INTEGER PRIMARY KEY, cell TEXT UNIQUE);
      CREATE TABLE child(id INTEGER PRIMARY KEY, cell TEXT REFERENCES Parent(CELL) ON UPDATE ${action});
      CREATE TABLE other(id INTEGER PRIMARY KEY, cell TEXT)`);
    const cell = token('old', 'one');
    database.prepare('INSERT INTO other(cell) VALUES (?)').run(cell);
    database.prepare('INSERT INTO parent(cell) VALUES (?)').run(cell);
    database.prepare('INSERT INTO child(cell) VALUES (?)').run(cell);
  });
  const before = scene.query('SELECT * FROM parent JOIN child USING (id)');
  const refused = await scene.run('rotate', ...rotationKeys, '--yes', '--json');
  expect(errorOf(refused)).toMatchObject({ code: 'KT_UNWRITABLE_COLUMN', exitCode: 2 });
  expect(errorOf(refused).hints).toContainEqual(expect.stringContaining("--exclude 'parent.cell'"));
  const alone = await scene.run('rotate', ...rotationKeys, '--exclude', 'parent.cell', '--yes', '--json');
  expect(errorOf(alone)).toMatchObject({ code: 'KT_FOREIGN_KEY', exitCode: 2 });
  expect(errorOf(alone).hints).toContainEqual(expect.stringContaining('--exclude child.cell'));
  scene.change((database) => database.exec('DELETE FROM child'));
  // Who leaves it out is told at the end that it keeps the old key, and to whom nothing can be proposed.
  const { code, result } = await scene.rotate('--exclude', 'parent.cell');
  expect(code).toBe(14);
  expect(result.next).toEqual([
    'keyturn rollback --database sqlite:fleet.db',
    expect.stringContaining('keyturn cancel --database sqlite:fleet.db'),
  ]);
  expect(scene.query('SELECT * FROM parent')).toEqual(before.map((row) => row.slice(0, 2)));
});
