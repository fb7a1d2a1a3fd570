import { KeyturnError } from '../../../model/keyturn-error.ts';
import type { ColumnPair, RetiredColumn } from '../../../model/schema/column-pair.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { classifyError } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import { findDomainRefusal } from '../schema/null-refusal.ts';
import type { TableShape } from '../schema/table-shape.ts';

/** A pair with its table. */
interface ShapedPair {
  readonly shape: TableShape;
  readonly pair: ColumnPair;
}

/** What belongs to one column, in statements that make it again, and in those that take it away. */
interface Belonging {
  readonly removal: string;
  readonly statement: string;
  /** Whether NULL in every row would offend it; everything else stays for as long as the column does. */
  readonly refusesNull: boolean;
}

/** How an index comes to tell rows apart for those who follow the log: its columns cannot be NULL meanwhile. */
const replicaIdentity = 'REPLICA IDENTITY USING INDEX';

/** What an index is to its table, statistics over several columns, how the column is stored, and its privileges. */
const settings = `
    SELECT 6, relname, format('ALTER TABLE %s REPLICA IDENTITY DEFAULT', $3::text),
      format('ALTER TABLE %s ${replicaIdentity} %I', $3::text, relname), true
    FROM subject JOIN pg_index ON indrelid = attrelid AND indisreplident AND attnum = ANY(indkey)
      JOIN pg_class ON pg_class.oid = indexrelid
    UNION ALL
    SELECT 6, relname, '', format('ALTER TABLE %s CLUSTER ON %I', $3::text, relname), false
    FROM subject JOIN pg_index ON indrelid = attrelid AND indisclustered AND attnum = ANY(indkey)
      JOIN pg_class ON pg_class.oid = indexrelid
    UNION ALL
    SELECT 7, stxname, format('DROP STATISTICS %s.%I', stxnamespace::regnamespace::text, stxname),
      pg_get_statisticsobjdef(pg_statistic_ext.oid), false
    FROM subject JOIN pg_statistic_ext ON stxrelid = attrelid AND EXISTS (
      SELECT FROM pg_depend WHERE objid = pg_statistic_ext.oid AND refobjid = attrelid AND refobjsubid = attnum)
    UNION ALL
    SELECT 8, '', '', alteration || 'SET STORAGE ' || CASE attstorage
      WHEN 'p' THEN 'PLAIN' WHEN 'e' THEN 'EXTERNAL' WHEN 'm' THEN 'MAIN' ELSE 'EXTENDED' END, false
    FROM subject WHERE attstorage <> typstorage
    UNION ALL
    SELECT 8, '', '', alteration || 'SET COMPRESSION ' || CASE settings->>'attcompression' WHEN 'l' THEN 'lz4' ELSE 'pglz' END, false
    FROM subject WHERE settings->>'attcompression' IN ('l', 'p')
    UNION ALL
    SELECT 8, '', '', alteration || 'SET STATISTICS ' || (settings->>'attstattarget'), false
    FROM subject WHERE (settings->>'attstattarget')::int >= 0
    UNION ALL
    SELECT 8, '', '', alteration || format('SET (%s)', array_to_string(attoptions, ', ')), false
    FROM subject WHERE attoptions IS NOT NULL
    UNION ALL
    SELECT 9, privilege_type, '', format('GRANT %s (%I) ON %s TO %s', privilege_type, attname, $3::text,
      CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END) || CASE WHEN is_grantable THEN ' WITH GRANT OPTION' ELSE '' END, false
    FROM subject, aclexplode(attacl)`;

/**
 * All that depends on a column and is made by statements of its own: its default, checks, keys and indexes first, then
 * NOT NULL, whose constraint has a name of its own from version 18 on, then its comment, its settings, and who may use it.
 */
const belongingsQuery = `
  WITH subject AS (
    SELECT pg_attribute.*, to_jsonb(pg_attribute) AS settings, typstorage,
      format('ALTER TABLE %s ALTER COLUMN %I ', $3::text, attname) AS alteration
    FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid WHERE attrelid = $1::oid AND attname = $2)
  SELECT removal, statement, refuses_null FROM (
    SELECT 1 AS place, '' AS name, alteration || 'DROP DEFAULT' AS removal,
      alteration || 'SET DEFAULT ' || pg_get_expr(adbin, adrelid) AS statement,
      true AS refuses_null
    FROM subject JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
    UNION ALL
    SELECT 2, conname, format('ALTER TABLE %s DROP CONSTRAINT %I', $3::text, conname),
      format('ALTER TABLE %s ADD CONSTRAINT %I %s', $3::text, conname, pg_get_constraintdef(oid)), contype = 'c'
    FROM subject JOIN pg_constraint ON conrelid = attrelid AND attnum = ANY(conkey) AND contype IN ('c', 'u', 'x', 'f')
    UNION ALL
    SELECT 3, relname, format('DROP INDEX %s', indexrelid::regclass), pg_get_indexdef(indexrelid), false
    FROM subject JOIN pg_index ON indrelid = attrelid JOIN pg_class ON pg_class.oid = indexrelid
    WHERE (attnum = ANY(indkey) OR EXISTS (
        SELECT FROM pg_depend WHERE objid = indexrelid AND refobjid = attrelid AND refobjsubid = attnum))
      AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid AND conrelid = attrelid)
    UNION ALL
    SELECT 4, '', alteration || 'DROP NOT NULL',
      coalesce(
        (SELECT format('ALTER TABLE %s ADD CONSTRAINT %I NOT NULL %I', $3::text, conname, attname) FROM pg_constraint
         WHERE conrelid = attrelid AND contype = 'n' AND conkey = ARRAY[attnum]),
        alteration || 'SET NOT NULL'), true
    FROM subject WHERE attnotnull
    UNION ALL
    SELECT 5, '', '', format('COMMENT ON COLUMN %s.%I IS %L', $3::text, attname, col_description(attrelid, attnum)), false
    FROM subject WHERE col_description(attrelid, attnum) IS NOT NULL
    UNION ALL ${settings}) AS belonging
  ORDER BY place, name`;

/** Lets a plaintext column take NULL, and tells what it was; what is to be dropped loses everything that names it. */
export async function retireColumn(
  session: PostgresSession,
  { shape, pair }: ShapedPair,
  kind: RetiredColumn['kind'],
): Promise<RetiredColumn> {
  const { rows } = await session.query({
    text: belongingsQuery,
    values: [shape.oid, pair.plaintext, shape.sqlName],
  });
  const belongings = rows.map(([removal, statement, refusesNull]): Belonging => ({
    removal: removal ?? '',
    statement: statement ?? '',
    refusesNull: refusesNull === 't',
  }));
  const going = belongings.filter(({ refusesNull }) => kind === 'dropped' || refusesNull);
  // What was made last goes first.
  for (const { removal } of going.toReversed()) if (removal !== '') await session.script(removal);
  const isFilled = await refusesNull(session, { shape, pair });
  const { definition, type } = await definitionOf(session, { shape, pair }, isFilled ? 'base' : 'declared');
  const domain = `ALTER TABLE ${shape.sqlName} ALTER COLUMN ${quoteIdentifier(pair.plaintext)} TYPE ${type}`;
  return {
    kind,
    definition,
    // What lets no row be without a value is the column's type again once it is filled.
    afterwards: [
      ...(isFilled && kind === 'dropped' ? [domain] : []),
      ...going.map(({ statement }) => statement),
    ],
  };
}

/** Asks inside a transaction, which the answer may break. */
async function refusesNull(session: PostgresSession, { shape, pair }: ShapedPair): Promise<boolean> {
  await session.script('SAVEPOINT keyturn_null');
  const refusal = await findDomainRefusal(session, shape, pair.plaintext);
  await session.script('ROLLBACK TO SAVEPOINT keyturn_null');
  return refusal !== undefined;
}

/** How the column is made again, of its own type or of the one below all domains; and its own type. */
async function definitionOf(
  session: PostgresSession,
  { shape, pair }: ShapedPair,
  made: 'declared' | 'base',
): Promise<{ readonly definition: string; readonly type: string }> {
  const column = shape.columns.find(({ name }) => name === pair.plaintext);
  const { rows } = await session.query({
    text: `SELECT format('%I %s', attname, coalesce($3::text, format_type(atttypid, atttypmod))) || CASE
             WHEN attcollation <> typcollation THEN ' COLLATE ' || attcollation::regcollation::text ELSE '' END,
             format_type(atttypid, atttypmod)
           FROM pg_attribute JOIN pg_type ON pg_type.oid = atttypid WHERE attrelid = $1::oid AND attname = $2`,
    values: [shape.oid, pair.plaintext, made === 'base' ? (column?.castType ?? null) : null],
  });
  return { definition: rows[0]?.[0] ?? '', type: rows[0]?.[1] ?? '' };
}

/** Adds the column again, if it was dropped, without what holds only once it is filled. */
export async function readdColumn(
  session: PostgresSession,
  { shape, pair }: ShapedPair,
  { definition }: RetiredColumn,
): Promise<void> {
  if (shape.columns.some(({ name }) => name === pair.plaintext)) return;
  await session.script(`ALTER TABLE ${shape.sqlName} ADD COLUMN ${definition}`);
}

/** Makes the column what it was, now that it is filled. */
export async function restoreColumn(
  session: PostgresSession,
  { table, plaintext }: ColumnPair,
  { afterwards }: RetiredColumn,
): Promise<void> {
  try {
    const isLast = (statement: string): boolean => statement.includes(` ${replicaIdentity} `);
    const indexed = [...afterwards.filter((one) => !isLast(one)), ...afterwards.filter(isLast)];
    for (const statement of indexed) await session.script(statement);
  } catch (error) {
    if (classifyError(error) !== 'refused') throw error;
    throw new KeyturnError({
      code: 'KT_COLUMN_NOT_RESTORED',
      reason: 'rollbackImpossible',
      message: `column "${plaintext}" of table "${table}" cannot have its constraints back: rows that were written since offend them`,
      hints: [
        `find those rows, give them values that fit, then run the same command again: ... WHERE ${quoteIdentifier(plaintext)} IS NULL`,
      ],
      cause: error,
    });
  }
}
