import type { CandidateShape } from '../../../model/cells/candidate-shape.ts';
import type { RowBatch, RowKey } from '../../../model/cells/row-batch.ts';
import { openedName } from '../../../model/columns/opened-column.ts';
import { chooseBound } from '../../choose-bound.ts';
import type { BatchLimits, TargetTable } from '../../target-table.ts';
import { balancedExpression } from '../balanced-expression.ts';
import type { SqliteConnection } from '../connection/connection.ts';
import { findRefusals } from '../schema/refused-values.ts';
import { readRandom } from './random-rows.ts';
import { createTableQuery, type ReadCells, type TableQuery } from './table-query.ts';
import { readSample } from './table-sample.ts';
import { readStorage } from './table-storage.ts';

/** A table that a transaction can also read under its lock. */
export interface SqliteTable extends TargetTable {
  readRows(keys: readonly RowKey[]): Promise<RowBatch>;
}

/** How far a search goes before it hands out what it found, so that signals and leases are looked after. */
const searchStep: BatchLimits = { rows: 4000, bytes: 4 * 1024 * 1024 };

/** Opens some columns of a table for reading. */
export function openTableReader(connection: SqliteConnection, cells: ReadCells): SqliteTable {
  const { table, columns } = cells;
  let prepared: TableQuery | undefined;
  // Preparing reads the schema, which another process may have locked.
  const withQuery = <Result>(work: (query: TableQuery) => Result): Promise<Result> =>
    connection.attempt(() => {
      prepared ??= createTableQuery(connection, cells);
      return work(prepared);
    });
  const lastKeyWithin = createBoundSearch();
  const upperBound: TargetTable['upperBound'] = (after, limits) =>
    withQuery((query) => lastKeyWithin(query, after, limits));
  return {
    table,
    columns: columns.map(openedName),
    upperBound,
    readBatch: ({ after, upTo }) =>
      withQuery((query) => query.select(query.behind(after), query.addressing.condition('<=', upTo))),
    readSample: (limits) => withQuery((query) => readSample(query, limits)),
    readRandom: (limits) => withQuery((query) => readRandom(query, limits)),
    async *readCandidates(shape) {
      const { names, addressing } = await withQuery((query) => query);
      const looksRight = { sql: candidateCondition(names, shape), parameters: [] };
      if (addressing.keyKind === 'place') {
        yield await withQuery((query) => query.select(looksRight));
        return;
      }
      let after: RowKey | null = null;
      for (
        let end = await upperBound(null, searchStep);
        end !== null;
        end = await upperBound(end, searchStep)
      ) {
        const [low, high] = [after, end];
        yield await withQuery((query) =>
          query.select(looksRight, query.behind(low), query.addressing.condition('<=', high)),
        );
        after = end;
      }
    },
    countRows: () =>
      withQuery((query) => Number(query.all(`SELECT count(*) ${query.from}`, [])[0]?.[0] ?? 0)),
    readStorage: (rows) =>
      connection.attempt(() =>
        readStorage(connection.database, { table, columns: columns.map(openedName), rows }),
      ),
    describeRow: (key) => withQuery(({ addressing }) => addressing.describe(key)),
    findRefusals: (column, values) =>
      connection.attempt(() => findRefusals(connection, { table, column, values })),
    refuseBrokenUpdate: () =>
      withQuery(({ names, target }) => {
        const assignments = names.map((name) => `${name} = ${name}`).join(', ');
        connection.database.prepare(`UPDATE ${target} SET ${assignments} WHERE false`);
      }),
    readRows: (keys) => withQuery((query) => query.readRows(keys)),
  };
}

/** The last of the next rows behind a key that stay within the limits; `null` behind the last row. */
type BoundSearch = (query: TableQuery, after: RowKey | null, limits: BatchLimits) => RowKey | null;

/** How much of the bytes that are allowed the rows to look at may be expected to fill. */
const expectedFilling = 0.9;

/**
 * Sizes come from the row headers alone; where the key is a number, the database adds them up, and only rows that
 * are too large together are looked at one by one. That seldom happens: no more rows are added up than fit if they
 * are as large as the last ones.
 */
function createBoundSearch(): BoundSearch {
  let rowBytes = 0;
  return (query, after, limits) => {
    const { sql, parameters } = query.behind(after);
    const next = `${query.selectSizes} WHERE ${sql} ORDER BY ${query.addressing.orderedBy} LIMIT ?`;
    const likely = Math.floor((expectedFilling * limits.bytes) / rowBytes);
    const sizes = [...parameters, BigInt(Math.max(Math.min(likely, limits.rows), 1))];
    if (query.addressing.keyKind !== 'text') {
      const [sum] = query.all(`SELECT max(row_key), total(bytes), count(*) FROM (${next})`, sizes);
      const [end = null, total, rows] = sum ?? [];
      rowBytes = Number(total) / Math.max(Number(rows), 1);
      if (Number(total) <= limits.bytes) return end;
    }
    const rows = query.all(next, sizes).map(([key, size]) => [key, Number(size)] as const);
    return chooseBound(rows, limits.bytes);
  };
}

/** What may stand around a cell; see CandidateShape. */
const whiteSpace = ' \t\n\v\f\r';

/**
 * A necessary condition on a cell: its length, and its first character or byte. Where white space comes first the
 * caller finds out what follows it, because trimming copies the whole value. A blob is compared byte by byte,
 * never cast to text, which in a UTF-16 database would read two bytes as one character.
 */
function candidateCondition(names: readonly string[], shape: CandidateShape): string {
  const conditions = names.map(
    (name) =>
      `(octet_length(${name}) >= ${String(shape.minimumLength)}${beginningCondition(name, shape.firstCharacters)})`,
  );
  return balancedExpression(conditions, 'OR');
}

function beginningCondition(name: string, firstCharacters: string | null): string {
  if (firstCharacters === null) return '';
  const first = Array.from(firstCharacters + whiteSpace, (character) => {
    const code = Buffer.from(character).toString('hex');
    return `char(0x${code}), x'${code}'`;
  });
  return ` AND substr(${name}, 1, 1) IN (${first.join(', ')})`;
}
