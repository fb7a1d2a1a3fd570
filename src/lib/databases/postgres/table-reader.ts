import type { RowBatch, RowKey } from '../../model/row-batch.ts';
import { chooseBound } from '../choose-bound.ts';
import { quoteIdentifier } from '../quote-identifier.ts';
import type { BatchLimits, CandidatePredicate, TargetTable } from '../target-database.ts';
import { nextPlace } from './block-walk.ts';
import { cellBytes, firstCodeAmong, rowBytes } from './cell-text.ts';
import type { Lane } from './lane.ts';
import { limitedColumns } from './limited-columns.ts';
import { readRandom } from './random-rows.ts';
import { readSchemaNotes } from './schema-notes.ts';
import type { PostgresSession, StatementResult } from './session.ts';
import type { TableQuery } from './table-query.ts';
import { readSample } from './table-sample.ts';
import type { ColumnShape } from './table-shape.ts';
import { countRows } from './table-size.ts';

/** How far a search goes before it hands out what it found, so that signals and leases are looked after. */
const searchStep: BatchLimits = { rows: 20_000, bytes: 16 * 1024 * 1024 };

/** Finds the pieces of statements for a table; the catalogue is asked once. */
export type QuerySource = (session: PostgresSession) => Promise<TableQuery>;

/** Opens some columns of a table for reading, outside any transaction. */
export function openTableReader(
  lane: Lane,
  { table, columns }: { readonly table: string; readonly columns: readonly string[] },
  prepare: QuerySource,
): TargetTable {
  const withQuery = <Result>(
    work: (session: PostgresSession, query: TableQuery) => Promise<Result>,
  ): Promise<Result> => lane.run(async (session) => work(session, await prepare(session)));
  const upperBound: TargetTable['upperBound'] = (after, limits) =>
    withQuery((session, query) => lastKeyWithin(session, query, { after, limits }));
  return {
    table,
    columns,
    upperBound,
    readBatch: (range) => withQuery((session, query) => readRange(session, query, range)),
    readSample: (limits) => withQuery((session, query) => readSample(session, query, limits)),
    readRandom: (limits) => withQuery((session, query) => readRandom(session, query, limits)),
    async *readCandidates(shape) {
      let after: RowKey | null = null;
      for (
        let upTo = await upperBound(null, searchStep);
        upTo !== null;
        upTo = await upperBound(upTo, searchStep)
      ) {
        const range = { after, upTo };
        yield await withQuery((session, query) =>
          readRange(session, query, { ...range, condition: candidateCondition(query.columns, shape) }),
        );
        after = upTo;
      }
    },
    countRows: () => withQuery((session, { shape }) => countRows(session, shape)),
    describeRow: (key) => withQuery((_, { addressing }) => Promise.resolve(addressing.describe(key))),
    readNotes: () => withQuery(readSchemaNotes),
    limited: limitedColumns(withQuery),
    refuseBrokenUpdate: () => withQuery(explainUpdate),
  };
}

/** To plan an update changes nothing, and fails where this user may not update or a rule cannot be followed. */
async function explainUpdate(session: PostgresSession, { shape, columns }: TableQuery): Promise<void> {
  const names = columns.map(({ name }) => quoteIdentifier(name));
  const assignments = names.map((name) => `${name} = target.${name}`).join(', ');
  await session.query({
    text: `EXPLAIN UPDATE ONLY ${shape.sqlName} AS target SET ${assignments} WHERE false`,
  });
}

interface ReadRange {
  readonly after: RowKey | null;
  readonly upTo: RowKey;
  /** A further condition without parameters. */
  readonly condition?: string;
}

async function readRange(
  session: PostgresSession,
  query: TableQuery,
  { after, upTo, condition }: ReadRange,
): Promise<RowBatch> {
  const low = query.behind(after, 1);
  const high = query.addressing.condition('<=', upTo, 1 + low.values.length);
  const conditions = [low.sql, high.sql, ...(condition === undefined ? [] : [condition])].join(' AND ');
  const statement = {
    text: `${query.selectCells} WHERE ${conditions} ORDER BY ${query.addressing.orderedBy}`,
    values: [...low.values, ...high.values],
  };
  return query.toPackedBatch
    ? query.toPackedBatch(await session.queryBinary(statement))
    : query.toBatch((await session.query(statement)).rows);
}

/**
 * The last of the next rows that stay within the limits. Where the key is a number, the server adds up the sizes, and
 * only rows that are too large together are looked at one by one.
 */
async function lastKeyWithin(
  session: PostgresSession,
  query: TableQuery,
  { after, limits }: { readonly after: RowKey | null; readonly limits: BatchLimits },
): Promise<RowKey | null> {
  const { addressing, columns, from } = query;
  if (addressing.keyKind === 'place') return nextPlace(session, query.shape, { after, rows: limits.rows });
  const low = query.behind(after, 2);
  const bytes = rowBytes(columns);
  const next = `SELECT ${addressing.keyExpression} AS key, ${bytes} AS bytes ${from}
    WHERE ${low.sql} ORDER BY ${addressing.orderedBy} LIMIT $1::int8`;
  const select = (text: string): Promise<StatementResult> =>
    session.query({ text, values: [String(limits.rows), ...low.values] });
  if (addressing.keyKind === 'number') {
    const { rows } = await select(`SELECT max(key), sum(bytes) FROM (${next}) AS next`);
    const [key, size] = rows[0] ?? [];
    if (key === null || key === undefined) return null;
    if (Number(size) <= limits.bytes) return addressing.parse(key);
  }
  const { rows } = await select(next);
  return chooseBound(
    rows.map(([key, size]) => [addressing.parse(key ?? ''), Number(size)] as const),
    limits.bytes,
  );
}

/** What may stand around a cell; see CandidateShape. */
const whiteSpace = ' \t\n\v\f\r';

/**
 * A necessary condition on a cell: its length, and its first character or byte. Where white space comes first the
 * caller finds out what follows it. `CASE`, because the server may look at the parts of `AND` in any order.
 */
function candidateCondition(columns: readonly ColumnShape[], shape: CandidatePredicate): string {
  const conditions = columns
    .filter(({ content }) => content !== 'other')
    .map(
      (column) =>
        `CASE WHEN ${cellBytes(column)} >= ${shape.minimumLength}
         THEN ${beginningCondition(column, shape.firstCharacters)} ELSE false END`,
    );
  return conditions.length === 0 ? 'false' : `(${conditions.join(' OR ')})`;
}

function beginningCondition(column: ColumnShape, firstCharacters: string | null): string {
  if (firstCharacters === null) return 'true';
  const codes = Array.from(firstCharacters + whiteSpace, (character) => character.charCodeAt(0));
  return firstCodeAmong(column, codes);
}
