import { pairTriggerPrefix } from '../../../model/schema/column-pair.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { WatchState } from '../../schema-changes.ts';
import type { PostgresSession } from '../connection/session.ts';
import { createReader, readFrom, type ColumnReader } from './column-reader.ts';
import { renderKey } from './mark-key.ts';
import {
  changeOf,
  createTrigger,
  functionHead,
  functionName,
  type ColumnChange,
  type WatchedPair,
} from './pair-triggers.ts';
import { createNeeds, hasNeeds } from './trigger-needs.ts';

/** The session behind a write: what it calls itself, and as whom it is logged in. */
const writer =
  "coalesce(nullif(current_setting('application_name'), ''), 'a session') || ' as ' || session_user";

/** What the triggers that mark read of a row. */
interface PairReaders {
  readonly key: readonly ColumnReader[];
  readonly plaintext: ColumnReader;
  readonly cells: ColumnReader;
}

function readersOf({ pair, shape, ledgerSchema: schema }: WatchedPair): PairReaders {
  const reader = (suffix: string, column: string): ColumnReader => ({
    schema,
    name: `${pairTriggerPrefix(pair.id)}${suffix}`,
    column,
    type: 'text',
  });
  return {
    key: shape.key.map(({ name }, index) => reader(`key_${String(index + 1)}`, name)),
    plaintext: reader('plaintext', pair.plaintext),
    cells: reader('cells', pair.cells),
  };
}

/** How a row is named in its mark. */
function keyIn(row: 'NEW' | 'OLD', { shape }: WatchedPair, { key }: PairReaders): string {
  return renderKey(
    shape.key,
    key.map((reader) => readFrom(row, reader)),
  );
}

/** Statements that create the triggers which mark the side of a pair that others have written last; they share a function. */
export function markTriggers(watched: WatchedPair): string {
  const readers = readersOf(watched);
  const all = [...readers.key, readers.plaintext, readers.cells];
  const marks = `${quoteIdentifier(watched.ledgerSchema)}.keyturn_mark`;
  const calls = functionName(watched, 'mark');
  const needs = { name: functionName(watched, 'needs'), readers: all, relations: [marks] };
  const common = { calls, when: hasNeeds(needs) };
  return `
    ${all.map((reader) => createReader(watched.shape, reader)).join(';\n    ')};
    ${createNeeds(needs)};
    CREATE FUNCTION ${calls}() ${functionHead} AS $keyturn$${markBody(watched, readers, marks)}$keyturn$;
    ${createTrigger(watched, { ...common, suffix: 'mark', event: 'INSERT OR UPDATE', each: 'ROW' })}
    ${createTrigger(watched, { ...common, suffix: 'forget', event: 'DELETE', each: 'ROW' })}
    ${createTrigger(watched, { ...common, suffix: 'truncate', event: 'TRUNCATE', each: 'STATEMENT' })}`;
}

function changeRead(reader: ColumnReader): ColumnChange {
  return changeOf(readFrom('NEW', reader), readFrom('OLD', reader));
}

function markBody(watched: WatchedPair, readers: PairReaders, marks: string): string {
  const { id } = watched.pair;
  const [cells, plaintext] = [changeRead(readers.cells), changeRead(readers.plaintext)];
  const [newKey, oldKey] = [keyIn('NEW', watched, readers), keyIn('OLD', watched, readers)];
  const forget = (key: string): string => `DELETE FROM ${marks} WHERE pair_id = ${id} AND row_key = ${key};`;
  const mark = (side: string): string =>
    `INSERT INTO ${marks}(pair_id, row_key, side, writer) VALUES (${id}, ${newKey}, ${side}, ${writer})
     ON CONFLICT (pair_id, row_key) DO UPDATE SET side = EXCLUDED.side, writer = EXCLUDED.writer;`;
  const onlyCleared = `(${cells.isGone} AND NOT ${plaintext.isGone} AND ${plaintext.isWritten})`;
  const side = `CASE WHEN ${cells.isGone} THEN 'plaintext' ELSE 'cells' END`;
  return `
    BEGIN
      IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM ${marks} WHERE pair_id = ${id};
      ELSIF TG_OP = 'DELETE' THEN
        ${forget(oldKey)}
      ELSIF TG_OP = 'INSERT' THEN
        IF ${cells.isGone} AND ${plaintext.isGone} THEN
          ${forget(newKey)}
        ELSE
          ${mark(side)}
        END IF;
      ELSIF ${cells.isWritten} OR ${plaintext.isWritten} THEN
        IF ${newKey} <> ${oldKey} THEN ${forget(oldKey)} END IF;
        ${mark(`CASE WHEN ${cells.isWritten} AND NOT ${onlyCleared} THEN 'cells' ELSE 'plaintext' END`)}
      ELSIF ${newKey} <> ${oldKey} THEN
        ${forget(newKey)}
        UPDATE ${marks} SET row_key = ${newKey} WHERE pair_id = ${id} AND row_key = ${oldKey};
      END IF;
      RETURN NULL;
    END `;
}

/** Asks of the triggers ($2) of a table ($1) that always fire whether the first one's function names rows by a key ($3). */
const triggersQuery = `
  SELECT count(*) = 2 AND bool_and(tgenabled = 'A' AND position($3::text IN prosrc) > 0)
  FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
  WHERE tgrelid = $1::oid AND tgname = ANY (string_to_array($2::text, ','))`;

/** Asks for what readers of a schema ($2) whose names begin with a text ($3) read of a table ($1), by the names of today. */
const readersQuery = `
  SELECT proname, attname FROM pg_proc
    JOIN pg_depend ON classid = 'pg_proc'::regclass AND objid = pg_proc.oid AND refclassid = 'pg_class'::regclass
    JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid AND attnum > 0
  WHERE attrelid = $1::oid AND pronamespace = $2::regnamespace AND starts_with(proname, $3)`;

/** The state of these triggers. */
export async function readWatchState(session: PostgresSession, watched: WatchedPair): Promise<WatchState> {
  const { pair, shape, ledgerSchema } = watched;
  const readers = readersOf(watched);
  const prefix = pairTriggerPrefix(pair.id);
  const triggers = await session.query({
    text: triggersQuery,
    values: [shape.oid, `${prefix}mark,${prefix}truncate`, keyIn('NEW', watched, readers)],
  });
  if (triggers.rows[0]?.[0] !== 't') return 'lost';
  const read = await session.query({
    text: readersQuery,
    values: [shape.oid, quoteIdentifier(ledgerSchema), prefix],
  });
  const columns = new Map(read.rows.map(([name, column]) => [name, column]));
  const isSame = ({ name, column }: ColumnReader): boolean => columns.get(name) === column;
  if (!isSame(readers.plaintext) || !isSame(readers.cells)) return 'exchanged';
  return readers.key.every(isSame) ? 'kept' : 'lost';
}
