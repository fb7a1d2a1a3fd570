import { pairTriggerPrefix, type PairRecord, type PairSide } from '../../../model/schema/column-pair.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { ownWrites } from '../connection/session.ts';
import type { TableShape } from '../schema/table-shape.ts';
import { markKeyOf } from './mark-key.ts';

/** A pair with its table, and the schema in which the ledger is. */
export interface WatchedPair {
  readonly pair: PairRecord;
  readonly shape: TableShape;
  readonly ledgerSchema: string;
}

/** Keys are rendered as in a session of ours, whatever the application's is set to; it needs no right on the ledger. */
const functionHead = `RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp SET datestyle = 'ISO' SET intervalstyle = 'postgres' SET timezone = 'UTC'
  SET bytea_output = 'hex' SET extra_float_digits = 1 SET lc_monetary = 'C'`;

const byOthers = `current_setting('${ownWrites.name}', true) IS DISTINCT FROM '${ownWrites.value}'`;

/** The session behind a write: what it calls itself, and as whom it is logged in. */
const writer =
  "coalesce(nullif(current_setting('application_name'), ''), 'a session') || ' as ' || session_user";

/** The triggers that mark, by the ends of their names; they share a function. */
const markSuffixes = ['mark', 'forget', 'truncate'] as const;

/** Statements that create the triggers which mark the side of a pair that others have written last. */
export function markTriggers(watched: WatchedPair): string {
  const { pair, shape, ledgerSchema } = watched;
  const [cells, plaintext] = [changeOf(pair.cells), changeOf(pair.plaintext)];
  const [newKey, oldKey] = [markKeyOf(shape, 'NEW'), markKeyOf(shape, 'OLD')];
  const marks = `${quoteIdentifier(ledgerSchema)}.keyturn_mark`;
  const forget = (key: string): string =>
    `DELETE FROM ${marks} WHERE pair_id = ${pair.id} AND row_key = ${key};`;
  const mark = (side: string): string =>
    `INSERT INTO ${marks}(pair_id, row_key, side, writer) VALUES (${pair.id}, ${newKey}, ${side}, ${writer})
     ON CONFLICT (pair_id, row_key) DO UPDATE SET side = EXCLUDED.side, writer = EXCLUDED.writer;`;
  const onlyCleared = `(${cells.isGone} AND NOT ${plaintext.isGone} AND ${plaintext.isWritten})`;
  const side = `CASE WHEN ${cells.isGone} THEN 'plaintext' ELSE 'cells' END`;
  // Always true: it keeps the server from dropping a column that the function reads, after which every write would fail.
  const namesBoth = `(${cells.isGone}, ${plaintext.isGone}) IS NOT NULL`;
  const name = functionName(watched, 'mark');
  const table = shape.sqlName;
  return `
    CREATE FUNCTION ${name}() ${functionHead} AS $keyturn$
    BEGIN
      IF TG_OP = 'TRUNCATE' THEN
        DELETE FROM ${marks} WHERE pair_id = ${pair.id};
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
        UPDATE ${marks} SET row_key = ${newKey} WHERE pair_id = ${pair.id} AND row_key = ${oldKey};
      END IF;
      RETURN NULL;
    END $keyturn$;
    ${trigger(watched, { suffix: 'mark', event: 'AFTER INSERT OR UPDATE', each: 'ROW', also: namesBoth })}
    ${trigger(watched, { suffix: 'forget', event: 'AFTER DELETE', each: 'ROW' })}
    ${trigger(watched, { suffix: 'truncate', event: 'AFTER TRUNCATE', each: 'STATEMENT' })}
    ${markSuffixes.map((suffix) => `ALTER TABLE ${table} ENABLE ALWAYS TRIGGER ${triggerName(pair, suffix)}`).join('; ')}`;
}

/** Asks of a table ($1) whether triggers ($2) are there and always fire, and the first one's function names rows by a key ($3). */
export const watchQuery = `
  SELECT count(*) = 2 AND bool_and(tgenabled = 'A' AND position($3::text IN prosrc) > 0)
  FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid
  WHERE tgrelid = $1::oid AND tgname = ANY (string_to_array($2::text, ','))`;

/** The parameters of that query behind the table. */
export function watchNames(shape: TableShape, { id }: PairRecord): readonly [string, string] {
  const names = (['mark', 'truncate'] as const).map((suffix) => `${pairTriggerPrefix(id)}${suffix}`);
  return [names.join(','), markKeyOf(shape, 'NEW')];
}

/**
 * Statements that create the trigger which lets others write no value to a side of a pair. It looks at rows as they come to
 * stand, behind all triggers that change them; it names its column in the condition, so that nobody drops the column
 * and is left with a trigger that fails every write.
 */
export function freezeTrigger(watched: WatchedPair, side: PairSide): string {
  const { pair, shape } = watched;
  const { isGone, isWritten } = changeOf(pair[side]);
  const instead = pair[side === 'plaintext' ? 'cells' : 'plaintext'];
  return `
    CREATE FUNCTION ${functionName(watched, 'freeze')}() ${functionHead} AS $keyturn$
    BEGIN
      IF TG_OP = 'INSERT' OR ${isWritten} THEN
        RAISE EXCEPTION USING ERRCODE = 'check_violation', MESSAGE = ${quoteLiteral(
          `keyturn: column ${pair[side]} takes no values any more, write ${instead}`,
        )};
      END IF;
      RETURN NULL;
    END $keyturn$;
    ${trigger(watched, { suffix: 'freeze', event: 'AFTER INSERT OR UPDATE', each: 'ROW', also: `NOT ${isGone}` })}
    ALTER TABLE ${shape.sqlName} ENABLE ALWAYS TRIGGER ${triggerName(pair, 'freeze')}`;
}

/** Statements that drop the triggers of a pair; those that are gone are no error. */
export function dropTriggers(watched: WatchedPair, which: 'all' | 'marks'): string {
  const { pair, shape } = watched;
  const triggers = which === 'all' ? [...markSuffixes, 'freeze'] : markSuffixes;
  const functions = which === 'all' ? ['mark', 'freeze'] : ['mark'];
  return [
    ...triggers.map((suffix) => `DROP TRIGGER IF EXISTS ${triggerName(pair, suffix)} ON ${shape.sqlName}`),
    ...functions.map((suffix) => `DROP FUNCTION IF EXISTS ${functionName(watched, suffix)}()`),
  ].join('; ');
}

/** The new value of a column, in SQL. */
interface ColumnChange {
  /** It holds nothing now; a composite value that holds nothing but NULL is a value, which `IS NULL` does not say. */
  readonly isGone: string;
  /** Told by its text: `json` knows no equality, and some collations find different texts equal. */
  readonly isWritten: string;
}

function changeOf(column: string): ColumnChange {
  const [fresh, before] = [`NEW.${quoteIdentifier(column)}`, `OLD.${quoteIdentifier(column)}`];
  return {
    isGone: `(${fresh} IS NOT DISTINCT FROM NULL)`,
    isWritten: `(${fresh}::text COLLATE "C" IS DISTINCT FROM ${before}::text COLLATE "C")`,
  };
}

interface TriggerText {
  readonly suffix: (typeof markSuffixes)[number] | 'freeze';
  readonly event: string;
  readonly each: 'ROW' | 'STATEMENT';
  /** What else has to hold. */
  readonly also?: string;
}

function trigger(watched: WatchedPair, { suffix, event, each, also = 'true' }: TriggerText): string {
  const name = functionName(watched, suffix === 'freeze' ? suffix : 'mark');
  return `CREATE TRIGGER ${triggerName(watched.pair, suffix)} ${event} ON ${watched.shape.sqlName}
      FOR EACH ${each} WHEN (${byOthers} AND ${also}) EXECUTE FUNCTION ${name}();`;
}

function triggerName({ id }: PairRecord, suffix: string): string {
  return quoteIdentifier(`${pairTriggerPrefix(id)}${suffix}`);
}

function functionName({ pair, ledgerSchema }: WatchedPair, suffix: string): string {
  return `${quoteIdentifier(ledgerSchema)}.${quoteIdentifier(`${pairTriggerPrefix(pair.id)}${suffix}`)}`;
}

function quoteLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
