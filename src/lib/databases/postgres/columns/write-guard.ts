import {
  guardTriggerPrefix,
  type GuardCounts,
  type GuardOrder,
  type GuardTrigger,
} from '../../../model/schema/guard.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { quoteLiteral } from '../../quote-literal.ts';
import type { WriteGuards } from '../../schema-changes.ts';
import type { PostgresSession } from '../connection/session.ts';
import { displayedName } from '../schema/schema.ts';
import type { ColumnShape, TableShape } from '../schema/table-shape.ts';
import { createReader, readFrom, type ColumnReader } from './column-reader.ts';
import { guardedType, unfitCondition } from './guard-conditions.ts';
import { createNeeds, hasNeeds, type TriggerNeeds } from './trigger-needs.ts';

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
      const shape = await shapeOf(session, order.table);
      const column = shape.columns.find(({ name }) => name === order.column);
      if (!column) throw new Error(`table "${order.table}" has no column "${order.column}"`);
      const name = `${schema}.${guardTriggerPrefix(id)}`;
      const value = valueReader(ledgerSchema, id, column);
      const needs = needsOf(name, value);
      await session.script(`${counters(name)}; ${createReader(shape, value)}; ${createNeeds(needs)};
        ${checkFunction(name, { column, value }, order)}; ${triggers(id, { name, shape, column, needs })}`);
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
    `DROP FUNCTION IF EXISTS ${name}needs`,
    `DROP FUNCTION IF EXISTS ${name}value`,
    `DROP SEQUENCE IF EXISTS ${name}writes, ${name}unfit, ${name}last`,
    `DROP TABLE IF EXISTS ${name}writers`,
  ].join('; ');
}

const counterNames = ['writes', 'unfit', 'last'] as const;

/** The column that is guarded, whatever it is called by now. */
function valueReader(schema: string, id: number, { name: column, content }: ColumnShape): ColumnReader {
  return { schema, name: `${guardTriggerPrefix(id)}value`, column, type: guardedType(content) };
}

function needsOf(name: string, value: ColumnReader): TriggerNeeds {
  const relations = [...counterNames, 'writers'].map((relation) => `${name}${relation}`);
  return { name: `${name}needs`, readers: [value], relations };
}

function counters(name: string): string {
  const sequences = counterNames.map((counter) => `CREATE SEQUENCE ${name}${counter}`);
  return [...sequences, `CREATE TABLE ${name}writers(application text, username text)`].join('; ');
}

/** Runs with the rights of whoever installs the guard, so that the application needs none on the counters. */
function checkFunction(
  name: string,
  { column, value }: { readonly column: ColumnShape; readonly value: ColumnReader },
  { mode, shapes }: GuardOrder,
): string {
  const next = (counter: string): string => `PERFORM nextval(${quoteLiteral(`${name}${counter}`)})`;
  const consequence =
    mode === 'enforce'
      ? `RAISE 'keyturn guards this column: it takes encrypted cells only ("keyturn guard off" ends that)' USING ERRCODE = 'check_violation'`
      : `IF NOT EXISTS (SELECT FROM ${name}writers WHERE application = current_setting('application_name') AND username = session_user) THEN
           INSERT INTO ${name}writers VALUES (current_setting('application_name'), session_user); END IF`;
  const written = { expression: readFrom('NEW', value), content: column.content };
  const body = `BEGIN
    ${next('writes')};
    PERFORM setval(${quoteLiteral(`${name}last`)}, (extract(epoch FROM clock_timestamp()) * 1000)::int8);
    IF ${unfitCondition(written, shapes)} THEN ${next('unfit')}; ${consequence}; END IF;
    RETURN NULL;
  END`;
  return `CREATE FUNCTION ${name}check() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
    SET search_path = pg_catalog, pg_temp AS ${quoteLiteral(body)}`;
}

/** What the triggers of a guard are made of. */
interface GuardTriggers {
  /** What the names of everything that belongs to it begin with. */
  readonly name: string;
  readonly shape: TableShape;
  readonly column: ColumnShape;
  readonly needs: TriggerNeeds;
}

function triggers(id: number, { name, shape, column, needs }: GuardTriggers): string {
  const quoted = quoteIdentifier(column.name);
  const asStored = column.content === 'bytea' ? '' : '::text COLLATE "C"';
  const isNew = `OLD.${quoted}${asStored} IS DISTINCT FROM NEW.${quoted}${asStored}`;
  const when = `${isOther} AND ${hasNeeds(needs)}`;
  const create = (event: string, condition: string): string =>
    `CREATE TRIGGER ${guardTriggerPrefix(id)}${event.slice(0, 6).toLowerCase()} AFTER ${event} ON ${shape.sqlName}
     FOR EACH ROW WHEN (${condition}) EXECUTE FUNCTION ${name}check()`;
  return [create('INSERT', when), create(`UPDATE OF ${quoted}`, `${when} AND ${isNew}`)].join('; ');
}

/** The guards' triggers that are there and fire, with the columns that they read through functions. */
export async function listGuardTriggers(session: PostgresSession): Promise<readonly GuardTrigger[]> {
  const { rows } = await session.query({
    text: `SELECT tgname, nspname, relname, attname FROM pg_trigger
             JOIN pg_proc AS called ON called.oid = tgfoid
             LEFT JOIN pg_proc AS reader ON reader.pronamespace = called.pronamespace
               AND reader.proname = regexp_replace(called.proname, 'check$', 'value')
             LEFT JOIN pg_depend ON classid = 'pg_proc'::regclass AND objid = reader.oid
               AND refclassid = 'pg_class'::regclass AND refobjsubid > 0
             LEFT JOIN pg_attribute ON attrelid = refobjid AND attnum = refobjsubid
             LEFT JOIN pg_class ON pg_class.oid = attrelid LEFT JOIN pg_namespace ON pg_namespace.oid = relnamespace
           WHERE tgname LIKE 'keyturn\\_guard\\_%' AND tgenabled IN ('O', 'A') ORDER BY 1`,
  });
  return rows.map(([name, schema, table, column]) => ({
    name: name ?? '',
    column: typeof column === 'string' ? { table: displayedName(schema ?? '', table ?? ''), column } : null,
  }));
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
