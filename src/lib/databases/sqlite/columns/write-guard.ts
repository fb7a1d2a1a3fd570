import type Database from 'better-sqlite3';
import { guardTriggerPrefix, type GuardOrder, type GuardedShape } from '../../../model/schema/guard.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { guardTriggers, pairTriggers } from '../schema/trigger-names.ts';

/**
 * Creates the triggers of a guard, in the transaction that is open. They run inside the application's SQLite, of
 * whatever age: no function in them is younger than SQLite 3.8, and one that fails would fail its writes.
 */
export function createGuard(database: Database.Database, id: number, order: GuardOrder): void {
  const column = quoteIdentifier(order.column);
  const fits = fitting(`new.${column}`, order.shapes);
  const others = "(SELECT value FROM keyturn_meta WHERE name = 'guard') = 'on'";
  const isNew = `new.${column} COLLATE BINARY IS NOT old.${column}`;
  const create = (time: string, event: string, rest: string): void => {
    const name = quoteIdentifier(`${guardTriggerPrefix(id)}${time}_${event}`.toLowerCase());
    const when = event === 'UPDATE' ? `UPDATE OF ${column}` : event;
    database.exec(`CREATE TRIGGER main.${name} ${time} ${when} ON ${quoteIdentifier(order.table)} ${rest}`);
  };
  for (const event of ['INSERT', 'UPDATE']) {
    const isWritten = event === 'UPDATE' ? `${isNew} AND ${others}` : others;
    create(
      'AFTER',
      event,
      `WHEN ${isWritten} BEGIN
        UPDATE keyturn_guard SET writes = writes + 1, unfit = unfit + NOT ${fits},
          last_write_at = CAST(strftime('%s', 'now') AS INTEGER) * 1000 WHERE id = ${String(id)};
      END`,
    );
    if (order.mode === 'observe') continue;
    create(
      'BEFORE',
      event,
      `WHEN ${isWritten} AND NOT ${fits} BEGIN
        SELECT RAISE(ABORT, 'keyturn guards this column: it takes encrypted cells only ("keyturn guard off" ends that)');
      END`,
    );
  }
}

/** Drops the triggers of a guard, in the transaction that is open; those that are gone are no error. */
export function dropGuard(database: Database.Database, id: number): void {
  for (const name of triggersLike(database, `${guardTriggerPrefix(id)}*`)) {
    database.exec(`DROP TRIGGER main.${quoteIdentifier(name)}`);
  }
}

/** Names of the guards' triggers that are there: a table that was dropped has taken its own along. */
export function listGuardTriggers(database: Database.Database): readonly string[] {
  return triggersLike(database, guardTriggers);
}

/** Lets what `work` writes pass the guards: others never see that they were off, because that is not committed. */
export function unguarded<Result>(database: Database.Database, work: () => Result): Result {
  if (listGuardTriggers(database).length === 0 && triggersLike(database, pairTriggers).length === 0)
    return work();
  const turn = (value: 'on' | 'off'): void => {
    database.prepare("UPDATE keyturn_meta SET value = ? WHERE name = 'guard'").run(value);
  };
  turn('off');
  const result = work();
  turn('on');
  return result;
}

function triggersLike(database: Database.Database, pattern: string): readonly string[] {
  return database
    .prepare<[string], { name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name GLOB ? ORDER BY name",
    )
    .all(pattern)
    .map(({ name }) => name);
}

/** Whether a value is NULL, empty, or looks like a cell. */
function fitting(value: string, shapes: readonly GuardedShape[]): string {
  const inText = shapes.map((shape) => {
    const consists = shape.characters === null ? [] : [`${value} NOT GLOB '*[^${shape.characters}]*'`];
    return [...beginning(value, shape, `'${shape.prefix}' COLLATE BINARY`), ...consists].join(' AND ');
  });
  const inBytes = shapes.map((shape) => {
    const bytes = Buffer.from(shape.prefix).toString('hex');
    return beginning(value, shape, `x'${bytes}'`).join(' AND ');
  });
  return `(CASE typeof(${value})
    WHEN 'null' THEN 1
    WHEN 'text' THEN ${value} = '' OR ${inText.map((one) => `(${one})`).join(' OR ')}
    WHEN 'blob' THEN length(${value}) = 0 OR ${inBytes.map((one) => `(${one})`).join(' OR ')}
    ELSE 0 END)`;
}

function beginning(
  value: string,
  { minimumLength, prefix }: GuardedShape,
  literal: string,
): readonly string[] {
  const begins = `substr(${value}, 1, ${String(prefix.length)}) = ${literal}`;
  return [`length(${value}) >= ${String(minimumLength)}`, ...(prefix === '' ? [] : [begins])];
}
