import type Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { Step } from '../../src/lib/model/runs/step.ts';
import { rotateInProcess } from '../support/rotate-in-process.ts';
import { createScene, opened, token, type Scene } from '../support/scene.ts';

/** Ten notes of two cells each. */
function fillNotes(database: Database.Database): void {
  database.exec('CREATE TABLE notes (id INTEGER PRIMARY KEY, title TEXT, body TEXT, extra TEXT)');
  const insert = database.prepare('INSERT INTO notes VALUES (?, ?, ?, ?)');
  for (let id = 1; id <= 10; id += 1) {
    insert.run(id, 'a title', token('old', `body ${String(id)}`), token('old', `extra ${String(id)}`));
  }
}

/** What an application does between the moment at which a row is read and the one at which it is written. */
const changes = {
  'a row is deleted': 'DELETE FROM notes WHERE id = 3',
  'a cell is written under the old key': 'UPDATE notes SET body = $old WHERE id = 3',
  'a cell is written under the new key': 'UPDATE notes SET body = $new WHERE id = 3',
  'a cell becomes NULL': 'UPDATE notes SET body = NULL WHERE id = 3',
  'a cell becomes empty': "UPDATE notes SET body = '' WHERE id = 3",
  'a cell becomes a BLOB of the same bytes': 'UPDATE notes SET body = CAST(body AS BLOB) WHERE id = 3',
  'another column is written': "UPDATE notes SET title = 'another title' WHERE id = 3",
  'the row is replaced by another': "REPLACE INTO notes VALUES (3, 'new', $old, NULL)",
} as const;
type Change = keyof typeof changes;

/** What the cells of row 3 must hold in the end, and how they are counted. */
const expectations: Readonly<
  Record<Change, { readonly row: readonly unknown[]; readonly cells: Readonly<Record<string, number>> }>
> = {
  'a row is deleted': { row: [], cells: { rewritten: 18 } },
  'a cell is written under the old key': { row: ['written', 'extra 3'], cells: { rewritten: 20 } },
  'a cell is written under the new key': {
    row: ['written', 'extra 3'],
    cells: { rewritten: 19, already: 1 },
  },
  'a cell becomes NULL': { row: ['no cell', 'extra 3'], cells: { rewritten: 19, null: 1 } },
  'a cell becomes empty': { row: ['malformed', 'extra 3'], cells: { rewritten: 19, empty: 1 } },
  'a cell becomes a BLOB of the same bytes': { row: ['body 3', 'extra 3'], cells: { rewritten: 20 } },
  'another column is written': { row: ['body 3', 'extra 3'], cells: { rewritten: 20 } },
  'the row is replaced by another': { row: ['written', 'no cell'], cells: { rewritten: 19, null: 1 } },
};

function apply(scene: Scene, change: Change): void {
  scene.change((database) => {
    const sql = changes[change];
    const tokens = { old: token('old', 'written'), new: token('new', 'written') };
    const used = Object.entries(tokens).filter(([name]) => sql.includes(`$${name}`));
    database.prepare(sql).run(Object.fromEntries(used));
  });
}

const names = Object.keys(changes) as Change[];

describe.each(['wal', 'delete'] as const)('between read and write (%s)', (journalMode) => {
  test.each(names)('%s', async (change) => {
    const scene = createScene(fillNotes, { journalMode });
    let isDone = false;
    const report = await rotateInProcess(scene, {
      batchRows: 5,
      onStep(step: Step) {
        if (step !== 'chunk transcoded' || isDone) return;
        isDone = true;
        apply(scene, change);
      },
    });
    const { row, cells } = expectations[change];
    expect(report.end.kind).toBe('succeeded');
    expect(report.cells).toMatchObject({
      already: 0,
      null: 0,
      empty: 0,
      deferred: 0,
      quarantined: 0,
      ...cells,
    });
    const [now] = scene.query('SELECT body, extra FROM notes WHERE id = 3');
    expect((now ?? []).map((cell) => opened('new', cell))).toEqual(row);
    for (const [id, body, extra] of scene.query('SELECT id, body, extra FROM notes WHERE id != 3')) {
      expect(opened('new', body ?? null)).toBe(`body ${String(id)}`);
      expect(opened('new', extra ?? null)).toBe(`extra ${String(id)}`);
    }
  });
});

test('a value that is no cell at all, written between read and write, is quarantined and left as it is', async () => {
  const scene = createScene(fillNotes);
  let isDone = false;
  const report = await rotateInProcess(scene, {
    batchRows: 5,
    onStep(step) {
      if (step !== 'chunk transcoded' || isDone) return;
      isDone = true;
      scene.change((database) => {
        database.exec("UPDATE notes SET body = 'plaintext by mistake' WHERE id = 3");
      });
    },
  });
  expect(report.end).toMatchObject({ kind: 'quarantined', cells: 1 });
  expect(report.issues).toEqual([
    { reason: 'malformed', cells: 1, places: [{ table: 'notes', rowKey: '3', column: 'body' }] },
  ]);
  expect(scene.values('SELECT body FROM notes WHERE id = 3')).toEqual(['plaintext by mistake']);
});

test('a row that is written under the old key in every pass ends the run, and no write is lost', async () => {
  const scene = createScene(fillNotes);
  let version = 0;
  const report = await rotateInProcess(scene, {
    batchRows: 10,
    onStep(step) {
      if (step !== 'pass finished') return;
      version += 1;
      scene.change((database) => {
        database
          .prepare('UPDATE notes SET body = ? WHERE id = 7')
          .run(token('old', `version ${String(version)}`));
      });
    },
  });
  expect(report.end).toMatchObject({ kind: 'outpaced', cells: 1 });
  expect(scene.values('SELECT body FROM notes WHERE id = 7').map((cell) => opened('old', cell))).toEqual([
    `version ${String(version)}`,
  ]);
});
