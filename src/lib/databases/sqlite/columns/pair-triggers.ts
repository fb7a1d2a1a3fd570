import type Database from 'better-sqlite3';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import { pairTriggerPrefix, type PairRecord, type PairSide } from '../../../model/schema/column-pair.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { readShape, tableName, type TableShape } from '../schema/schema.ts';
import { keyColumnsOf, markKeyOf, namesOfKey } from './mark-key.ts';

/** Others than keyturn itself, which switches this off around what it writes. */
const byOthers = "(SELECT value FROM keyturn_meta WHERE name = 'guard') = 'on'";

/** Words of a trigger that name the columns of one pair, before and after a change. */
interface PairWords {
  readonly id: number;
  readonly on: string;
  readonly plaintext: string;
  readonly cells: string;
  /** The columns of the key, where an update can change it. */
  readonly keyColumns: string;
  readonly newKey: string;
  readonly oldKey: string;
}

/**
 * Creates the triggers that mark which side of a pair others have written last. No `OR REPLACE` in them: the clause of
 * the statement that fires a trigger takes the place of any inside it.
 */
export function createMarkTriggers(database: Database.Database, pair: PairRecord): void {
  const words = wordsOf(database, pair);
  const create = (text: TriggerText): void => {
    createTrigger(database, words, text);
  };
  const { newKey, oldKey, plaintext, cells, keyColumns } = words;
  const isWritten = (column: string): string => `new.${column} COLLATE BINARY IS NOT old.${column}`;
  const changed = `(${isWritten(plaintext)} OR ${isWritten(cells)})`;
  const onlyCleared = `(new.${cells} IS NULL AND new.${plaintext} IS NOT NULL AND ${isWritten(plaintext)})`;
  create({
    name: 'marks_insert',
    event: 'AFTER INSERT',
    when: byOthers,
    body: `${forget(words, newKey)}
      ${mark(words, `CASE WHEN new.${cells} IS NULL THEN 'plaintext' ELSE 'cells' END`, `new.${cells} IS NOT NULL OR new.${plaintext} IS NOT NULL`)}`,
  });
  create({
    name: 'marks_update',
    event: `AFTER UPDATE OF ${plaintext}, ${cells}`,
    when: `${byOthers} AND ${changed}`,
    body: `${forget(words, oldKey)} ${forget(words, newKey)}
      ${mark(words, `CASE WHEN ${isWritten(cells)} AND NOT ${onlyCleared} THEN 'cells' ELSE 'plaintext' END`, 'true')}`,
  });
  create({
    name: 'marks_key',
    event: `AFTER UPDATE OF ${keyColumns}`,
    when: `${newKey} IS NOT ${oldKey} AND NOT (${byOthers} AND ${changed})`,
    body: `${forget(words, newKey)}
      UPDATE keyturn_mark SET row_key = ${newKey} WHERE pair_id = ${words.id} AND row_key = ${oldKey};`,
  });
  create({ name: 'marks_delete', event: 'AFTER DELETE', when: 'true', body: forget(words, oldKey) });
}

/** Tells whether they are all there. The key of a table changes only where it is rebuilt, which takes them along. */
export function isWatched(database: Database.Database, { id, table }: PairRecord): boolean {
  const names = database
    .prepare<[string, string], string>(
      "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND lower(tbl_name) = lower(?) AND name GLOB ?",
    )
    .pluck()
    .all(table, `${pairTriggerPrefix(id)}marks_*`);
  return ['insert', 'update', 'key', 'delete'].every((event) =>
    names.includes(`${pairTriggerPrefix(id)}marks_${event}`),
  );
}

/** Throws where a row's primary key is NULL, which SQLite allows: such rows would share a mark (exit 2). */
export function refuseKeylessRows(
  database: Database.Database,
  table: string,
  hints: readonly string[] = beforeAnything,
): void {
  const shape = readShape(database, table);
  if (shape.rowidIsDeclared || keyColumnsOf(shape).length === 0) return;
  const keyless = `SELECT 1 FROM ${tableName(shape)} AS target WHERE ${isKeyless(shape, 'target')} LIMIT 1`;
  if (database.prepare(keyless).get() === undefined) return;
  throw new KeyturnError({
    code: 'KT_UNWRITABLE_COLUMN',
    reason: 'usage',
    message: `values of table "${table}" cannot go into another column: rows whose primary key is NULL cannot be told apart`,
    hints,
  });
}

const beforeAnything: readonly string[] = [
  'give these rows a key, then run the same command again',
  'encrypt in place: leave --into out',
];

const onceBegun: readonly string[] = [
  'give these rows a key, then: keyturn execute',
  'keyturn cancel, then encrypt in place: leave --into out',
];

function isKeyless(shape: TableShape, row: string): string {
  return keyColumnsOf(shape)
    .map((name) => `${row}.${quoteIdentifier(name)} IS NULL`)
    .join(' OR ');
}

/** Creates the triggers that let no row in without a primary key. Throws where there is one already (exit 2). */
export function requireKeys(database: Database.Database, pair: PairRecord): void {
  const shape = readShape(database, pair.table);
  if (shape.rowidIsDeclared) return;
  refuseKeylessRows(database, pair.table, onceBegun);
  const words = wordsOf(database, pair);
  const when = isKeyless(shape, 'new');
  const body =
    "SELECT RAISE(ABORT, 'keyturn: rows need a primary key while values go from column to column');";
  createTrigger(database, words, { name: 'marks_keyed_insert', event: 'AFTER INSERT', when, body });
  const event = `AFTER UPDATE OF ${words.keyColumns}`;
  createTrigger(database, words, { name: 'marks_keyed_update', event, when, body });
}

/**
 * Creates the triggers that let others write nothing but NULL, or what stands there already, to a side of a pair. A new row
 * may have the column's default, which it gets unasked.
 */
export function createFreezeTriggers(database: Database.Database, pair: PairRecord, side: PairSide): void {
  const words = wordsOf(database, pair);
  const create = (text: TriggerText): void => {
    createTrigger(database, words, text);
  };
  const column = words[side];
  const standing = defaultOf(database, pair, side);
  const isValue = `new.${column} IS NOT NULL`;
  const isDefault = standing === null ? '' : ` AND new.${column} IS NOT (${standing})`;
  const instead = pair[side === 'plaintext' ? 'cells' : 'plaintext'].replaceAll("'", "''");
  const body = `SELECT RAISE(ABORT, 'keyturn: this column takes no values any more, write "${instead}"');`;
  const isNew = `new.${column} COLLATE BINARY IS NOT old.${column}`;
  create({
    name: 'freezes_insert',
    event: 'BEFORE INSERT',
    when: `${byOthers} AND ${isValue}${isDefault}`,
    body,
  });
  create({
    name: 'freezes_update',
    event: `BEFORE UPDATE OF ${column}`,
    when: `${byOthers} AND ${isValue} AND ${isNew}`,
    body,
  });
}

/** Drops the triggers of a pair; with `marks`, those alone that mark. */
export function dropPairTriggers(
  database: Database.Database,
  { id }: Pick<PairRecord, 'id'>,
  which: 'all' | 'marks',
): void {
  const kind = which === 'all' ? '' : 'marks_';
  const names = database
    .prepare<[string], { name: string }>(
      "SELECT name FROM sqlite_schema WHERE type = 'trigger' AND name GLOB ? ORDER BY name",
    )
    .all(`${pairTriggerPrefix(id)}${kind}*`);
  for (const { name } of names) database.exec(`DROP TRIGGER main.${quoteIdentifier(name)}`);
}

function wordsOf(database: Database.Database, { id, table, plaintext, cells }: PairRecord): PairWords {
  const shape = readShape(database, table);
  const [newKey, oldKey] = [markKeyOf(shape, 'new'), markKeyOf(shape, 'old')];
  if (newKey === null || oldKey === null) throw new Error(`the rows of table "${table}" cannot be marked`);
  return {
    id,
    on: quoteIdentifier(table),
    plaintext: quoteIdentifier(plaintext),
    cells: quoteIdentifier(cells),
    keyColumns: namesOfKey(shape).map(quoteIdentifier).join(', '),
    newKey,
    oldKey,
  };
}

/** A trigger: the end of its name, when it fires, and what it does then. */
interface TriggerText {
  readonly name: string;
  readonly event: string;
  readonly when: string;
  readonly body: string;
}

function createTrigger(
  database: Database.Database,
  { id, on }: PairWords,
  { name, event, when, body }: TriggerText,
): void {
  const trigger = quoteIdentifier(`${pairTriggerPrefix(id)}${name}`);
  database.exec(`CREATE TRIGGER main.${trigger} ${event} ON ${on} WHEN ${when} BEGIN ${body} END`);
}

function forget({ id }: PairWords, key: string): string {
  return `DELETE FROM keyturn_mark WHERE pair_id = ${id} AND row_key = ${key};`;
}

function mark({ id, newKey }: PairWords, side: string, condition: string): string {
  return `INSERT INTO keyturn_mark(pair_id, row_key, side) SELECT ${id}, ${newKey}, ${side} WHERE ${condition};`;
}

/** What a new row holds in a column that it does not name. */
function defaultOf(database: Database.Database, pair: PairRecord, side: PairSide): string | null {
  const column = database
    .prepare<[string, string], { dflt_value: string | null }>(
      'SELECT dflt_value FROM pragma_table_xinfo(?) WHERE name = ?',
    )
    .get(pair.table, pair[side]);
  return column?.dflt_value ?? null;
}
