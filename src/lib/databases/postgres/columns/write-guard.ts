import { guardTriggerPrefix, type GuardCounts, type GuardOrder } from '../../../model/schema/guard.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { WriteGuards } from '../../schema-changes.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { ColumnShape, TableShape } from '../schema/table-shape.ts';
import { quoteLiteral, unfitCondition } from './guard-conditions.ts';

/** Where guards are kept, and how the tables they guard are found. */
export interface GuardSurroundings {
  readonly ledgerSchema: string;
  readonly shapeOf: (session: PostgresSession, table: string) => Promise<TableShape>;
}

/** What sessions of keyturn set, so that their own writes pass; anybody may, for a guard is no defence. */
const isOther = "current_setting('keyturn.passes', true) IS DISTINCT FROM 'yes'";

/**
 * Guards as triggers. They count in sequences, which no transaction holds locked: a row that all writers count in would
 * make them wait for one another, and lock up. Who writes what is no cell is noted, each once or a few times.
 */
export function guardsOn(
  session: PostgresSession,
  { ledgerSchema, shapeOf }: GuardSurroundings,
): WriteGuards {
  const schema = quoteIdentifier(ledgerSchema);
  return {
    async create(id, order) {
      const { sqlName, columns } = await shapeOf(session, order.table);
      const column = columns.find(({ name }) => name === order.column);
      if (!column) throw new Error(`table "${order.table}" has no column "${order.column}"`);
      const name = `${schema}.${guardTriggerPrefix(id)}`;
      await session.script(`${counters(name)}; ${checkFunction(name, column, order)};
        ${triggers(id, { name, sqlName, column })}`);
    },
    async drop(id) {
      await session.script(guardRemoval(ledgerSchema, id));
    },
  };
}

/** Statements that drop the triggers of a guard with what they call and count in; what is gone is no error. */
export function guardRemoval(ledgerSchema: string, id: number): string {
  const name = `${quoteIdentifier(ledgerSchema)}.${guardTriggerPrefix(id)}`;
  return [
    `DROP FUNCTION IF EXISTS ${name}check() CASCADE`,
    `DROP SEQUENCE IF EXISTS ${name}writes, ${name}unfit, ${name}last`,
    `DROP TABLE IF EXISTS ${name}writers`,
  ].join('; ');
}

function counters(name: string): string {
  const sequences = ['writes', 'unfit', 'last'].map((counter) => `CREATE SEQUENCE ${name}${counter}`);
  return [...sequences, `CREATE TABLE ${name}writers(application text, username text)`].join('; ');
}

/** Runs with the rights of whoever installs the guard, so that the application needs none on the counters. */
function checkFunction(name: string, column: ColumnShape, { mode, shapes }: GuardOrder): string {
  const next = (counter: string): string => `PERFORM nextval(${quoteLiteral(`${name}${counter}`)})`;
  const consequence =
    mode === 'enforce'
      ? `RAISE 'keyturn guards this column: it takes encrypted cells only ("keyturn guard off" ends that)' USING ERRCODE = 'check_violation'`
      : `IF NOT EXISTS (SELECT FROM ${name}writers WHERE application = current_setting('application_name') AND username = session_user) THEN
           INSERT INTO ${name}writers VALUES (current_setting('application_name'), session_user); END IF`;
  const body = `BEGIN
    ${next('writes')};
    PERFORM setval(${quoteLiteral(`${name}last`)}, (extract(epoch FROM clock_timestamp()) * 1000)::int8);
    IF ${unfitCondition(column, shapes)} THEN ${next('unfit')}; ${consequence}; END IF;
    RETURN NULL;
  END`;
  return `CREATE FUNCTION ${name}check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS ${quoteLiteral(body)}`;
}

function triggers(
  id: number,
  {
    name,
    sqlName,
    column,
  }: { readonly name: string; readonly sqlName: string; readonly column: ColumnShape },
): string {
  const quoted = quoteIdentifier(column.name);
  const asStored = column.content === 'bytea' ? '' : '::text COLLATE "C"';
  const isNew = `OLD.${quoted}${asStored} IS DISTINCT FROM NEW.${quoted}${asStored}`;
  // Always true: it keeps the server from dropping the column under the function, after which every insert would fail.
  const namesColumn = `(NEW.${quoted} IS NULL) IS NOT NULL`;
  const create = (event: string, when: string): string =>
    `CREATE TRIGGER ${guardTriggerPrefix(id)}${event.slice(0, 6).toLowerCase()} AFTER ${event} ON ${sqlName}
     FOR EACH ROW WHEN (${when}) EXECUTE FUNCTION ${name}check()`;
  return [
    create('INSERT', `${isOther} AND ${namesColumn}`),
    create(`UPDATE OF ${quoted}`, `${isOther} AND ${isNew}`),
  ].join('; ');
}

/** Names of the guards' triggers that are there and fire. */
export async function listGuardTriggers(session: PostgresSession): Promise<readonly string[]> {
  const { rows } = await session.query({
    text: `SELECT tgname FROM pg_trigger WHERE tgname LIKE 'keyturn\\_guard\\_%' AND tgenabled IN ('O', 'A') ORDER BY 1`,
  });
  return rows.map(([name]) => name ?? '');
}

/** What every guard has counted. */
export async function readGuardCounts(
  session: PostgresSession,
  ledgerSchema: string,
): Promise<readonly GuardCounts[]> {
  const { rows } = await session.query({
    text: `SELECT substring(sequencename FROM 'guard_(\\d+)_'), max(last_value) FILTER (WHERE sequencename LIKE '%writes'),
             max(last_value) FILTER (WHERE sequencename LIKE '%unfit'), max(last_value) FILTER (WHERE sequencename LIKE '%last')
           FROM pg_sequences WHERE schemaname = $1 AND sequencename LIKE 'keyturn\\_guard\\_%\\_%' GROUP BY 1`,
    values: [ledgerSchema],
  });
  const counts: GuardCounts[] = [];
  for (const [guard, writes, unfit, last] of rows) {
    if (guard === null || guard === undefined) continue;
    const id = Number(guard);
    counts.push({
      id,
      writes: Number(writes ?? 0),
      unfit: Number(unfit ?? 0),
      lastWriteAt: last === null || last === undefined ? null : Number(last),
      writers: await readWriters(
        session,
        `${quoteIdentifier(ledgerSchema)}.${guardTriggerPrefix(id)}writers`,
      ),
    });
  }
  return counts;
}

async function readWriters(session: PostgresSession, table: string): Promise<readonly string[]> {
  const { rows } = await session.query({
    text: `SELECT DISTINCT coalesce(nullif(application, ''), 'a session') || ' as ' || username FROM ${table} ORDER BY 1`,
  });
  return rows.map(([writer]) => writer ?? '');
}
