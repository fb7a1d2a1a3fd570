import type { CandidateShape } from '../../../model/cells/candidate-shape.ts';
import type { RowBatch, RowKey } from '../../../model/cells/row-batch.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import type { BatchLimits, TargetTable } from '../../target-table.ts';
import type { PostgresSession } from '../connection/session.ts';
import { findRefusals } from '../schema/refused-values.ts';
import { readSchemaNotes } from '../schema/schema-notes.ts';
import type { ColumnShape } from '../schema/table-shape.ts';
import type { Lane } from '../transactions/lane.ts';
import { createBoundSearch } from './bound-search.ts';
import { cellBytes, firstCodeAmong } from './cell-text.ts';
import { limitedColumns } from './limited-columns.ts';
import { readRandom } from './random-rows.ts';
import type { TableQuery } from './table-query.ts';
import { readSample } from './table-sample.ts';
import { countRows } from './table-size.ts';
import { readStorage } from './table-storage.ts';

/**
 * How far a search goes before it hands out what it found, so that signals and leases are looked after. Through 300,000 cells and 400,000
 * other texts, steps of 20,000 rows took 2.3 s of CPU with the server's and 160 MiB, these 2.1 s and 140, of 4,000 rows 2.2 s and 130.
 */
const searchStep: BatchLimits = { rows: 8000, bytes: 8 * 1024 * 1024 };

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
  const searchBound = createBoundSearch();
  const upperBound: TargetTable['upperBound'] = (after, limits) =>
    withQuery((session, query) => searchBound(session, query, { after, limits }));
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
    readStorage: () => withQuery(readStorage),
    describeRow: (key) => withQuery((_, { addressing }) => Promise.resolve(addressing.describe(key))),
    readNotes: () => withQuery(readSchemaNotes),
    limited: limitedColumns(withQuery),
    findRefusals: (column, values) =>
      withQuery((session, query) => findRefusals(session, query, { column, values })),
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

/** What may stand around a cell; see CandidateShape. */
const whiteSpace = ' \t\n\v\f\r';

/**
 * A necessary condition on a cell: its length, and its first character or byte. Where white space comes first the
 * caller finds out what follows it. `CASE`, because the server may look at the parts of `AND` in any order.
 */
function candidateCondition(columns: readonly ColumnShape[], shape: CandidateShape): string {
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
