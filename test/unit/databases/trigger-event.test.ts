import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { readTriggerEvent } from '../../../src/lib/databases/sqlite/schema/trigger-event.ts';

const update = (columns: readonly string[] | null) => ({ kind: 'update', columns });
const other = { kind: 'other' };

/** What SQLite keeps of a trigger, after it has accepted it. */
function kept(head: string): string {
  const file = new Database(':memory:');
  file.exec(`CREATE TABLE t(a, b, "c,d", "e""f", "on", of)`);
  file.exec(`${head} \nON t BEGIN UPDATE t SET b = 1; END`);
  const sql = file.prepare("SELECT sql FROM sqlite_schema WHERE type = 'trigger'").pluck().get();
  file.close();
  return String(sql);
}

test.each([
  ['CREATE TRIGGER x AFTER UPDATE', update(null)],
  ['CREATE TRIGGER x UPDATE', update(null)],
  ['create trigger if not exists main.x before update of a, B', update(['a', 'B'])],
  ['CREATE TRIGGER "begin" AFTER UPDATE', update(null)],
  ['CREATE TRIGGER after AFTER UPDATE OF a', update(['a'])],
  ['CREATE TRIGGER x AFTER UPDATE OF of', update(['of'])],
  ['CREATE TRIGGER "x update on y" AFTER INSERT', other],
  ['CREATE TRIGGER x AFTER /* UPDATE ON t */ DELETE', other],
  ['CREATE TRIGGER x -- AFTER DELETE ON\n AFTER\tUPDATE/**/OF a--', update(['a'])],
  ['CREATE TRIGGER x AFTER UPDATE OF "c,d", [a], `b`, "e""f", "on"', update(['c,d', 'a', 'b', 'e"f', 'on'])],
  ['CREATE TRIGGER [on] INSERT', other],
  ['CREATE TRIGGER é$1 UPDATE OF a', update(['a'])],
])('%s', (head, event) => {
  expect(readTriggerEvent(kept(head))).toEqual(event);
});
