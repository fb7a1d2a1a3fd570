import type { RowKey } from '../../../model/cells/row-batch.ts';
import type { CellValue } from '../../../model/cells/stored-value.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { ValueRefusal } from '../../target-table.ts';
import { encodeByteaArray, encodeTextArray } from '../connection/binary-array.ts';
import { classifyError } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { TableQuery } from '../reading/table-query.ts';
import { joinRows } from '../writing/joined-rows.ts';

/** Something that looks at each new value: it must hold, or it must be possible to compute it. */
interface Rule {
  readonly by: string;
  readonly expression: string;
  readonly kind: 'holds' | 'computes';
}

/** All that a table makes of a column in each row that is written; what has nothing to do with the column refuses nothing new. */
const rulesQuery = `
  WITH subject AS (SELECT attrelid, attnum, atttypid, atttypmod, attname FROM pg_attribute WHERE attrelid = $1::oid AND attname = $2)
  SELECT format('the CHECK %I', conname), pg_get_expr(conbin, conrelid), 'holds'
  FROM subject JOIN pg_constraint ON conrelid = attrelid AND contype = 'c' AND attnum = ANY (conkey)
  UNION ALL
  SELECT 'the partition that holds the rows', pg_get_partition_constraintdef(attrelid), 'holds' FROM subject
  WHERE pg_get_partition_constraintdef(attrelid) IS NOT NULL
  UNION ALL
  SELECT format('the domain %s', format_type(atttypid, atttypmod)), format('%I::%s', attname, format_type(atttypid, atttypmod)), 'computes'
  FROM subject JOIN pg_type ON pg_type.oid = atttypid WHERE typtype = 'd'
  UNION ALL
  SELECT format('the generated column %I', computed.attname), pg_get_expr(adbin, adrelid), 'computes'
  FROM subject JOIN pg_attribute AS computed ON computed.attrelid = subject.attrelid AND computed.attgenerated = 's'
    JOIN pg_attrdef ON adrelid = computed.attrelid AND adnum = computed.attnum
  UNION ALL
  SELECT format('the index %s', indexrelid::regclass), expression, 'computes'
  FROM subject JOIN pg_index ON indrelid = attrelid
    CROSS JOIN LATERAL (VALUES (pg_get_expr(indexprs, indrelid)), (pg_get_expr(indpred, indrelid))) AS made(expression)
  WHERE expression IS NOT NULL
  UNION ALL
  -- The largest entry with pages of 8 KiB (BTMaxItemSize); cells do not compress.
  SELECT format('the index %s, whose entries have at most 2,704 bytes,', indexrelid::regclass), format('octet_length(%I) <= 2704', attname), 'holds'
  FROM subject JOIN pg_index ON indrelid = attrelid AND attnum = ANY (indkey::int2[])
    JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_am ON pg_am.oid = relam AND amname = 'btree'`;

/** Values for one column of rows that are there. */
interface TriedValues {
  readonly column: string;
  readonly values: ReadonlyMap<RowKey, CellValue>;
}

/** What of a table refuses values; each rule is asked by a query that reads. */
export async function findRefusals(
  session: PostgresSession,
  query: TableQuery,
  tried: TriedValues,
): Promise<readonly ValueRefusal[]> {
  const { rows } = await session.query({ text: rulesQuery, values: [query.shape.oid, tried.column] });
  const refusals: ValueRefusal[] = [];
  for (const [by, expression, kind] of rows) {
    const rule = { by: by ?? '', expression: expression ?? '', kind: kind as Rule['kind'] };
    const refused = await countRefused(session, query, { rule, tried });
    if (refused > 0) refusals.push({ by: rule.by, rows: refused });
  }
  return refusals;
}

/** A rule that fails names no row: then each is asked alone. */
async function countRefused(
  session: PostgresSession,
  query: TableQuery,
  { rule, tried }: { readonly rule: Rule; readonly tried: TriedValues },
): Promise<number> {
  try {
    return await askRule(session, query, { rule, tried });
  } catch (error) {
    const isRefused = classifyError(error) === 'refused';
    // What cannot be asked here, by this user, tells nothing.
    if (!isRefused) return 0;
    if (tried.values.size === 1) return 1;
  }
  let refused = 0;
  for (const [key, value] of tried.values) {
    const alone = { column: tried.column, values: new Map([[key, value]]) };
    refused += await countRefused(session, query, { rule, tried: alone });
  }
  return refused;
}

async function askRule(
  session: PostgresSession,
  query: TableQuery,
  { rule, tried }: { readonly rule: Rule; readonly tried: TriedValues },
): Promise<number> {
  const { shape } = query;
  const keys = [...tried.values.keys()];
  const run = joinRows(session, { query, plan: 'made each time' }, { keys, columns: [] });
  const cells = [...tried.values.values()];
  const column = shape.columns.find(({ name }) => name === tried.column);
  const extra =
    column?.content === 'bytea'
      ? { type: 'bytea', value: encodeByteaArray(cells.map((cell) => Buffer.from(cell))) }
      : { type: 'text', value: encodeTextArray(cells.map(String)) };
  const row = shape.columns.map(({ name, castType }) => {
    const quoted = quoteIdentifier(name);
    return name === tried.column ? `wanted.cell::${castType} AS ${quoted}` : `target.${quoted}`;
  });
  const counted =
    rule.kind === 'holds'
      ? `count(*) FILTER (WHERE NOT (${rule.expression}))`
      : `0 * count(ROW(${rule.expression})::text)`;
  const { rows } = await run(
    keys.map((_, index) => index),
    [{ name: 'cell', ...extra }],
    ({ wanted, join }) =>
      `SELECT ${counted} FROM (SELECT ${row.join(', ')} FROM ONLY ${shape.sqlName} AS target JOIN ${wanted} ON ${join}) AS tried`,
  );
  return Number(rows[0]?.[0] ?? 0);
}
