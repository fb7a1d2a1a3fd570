import type { RowBatch, RowKey } from '../../model/row-batch.ts';
import type { BatchLimits, CandidatePredicate, TargetTable } from '../target-database.ts';
import type { SqliteConnection } from './connection.ts';
import { createTableQuery, type RawRow, type TableQuery } from './table-query.ts';

/** A table that a transaction can also read under its lock. */
export interface SqliteTable extends TargetTable {
  readRows(keys: readonly RowKey[]): RowBatch;
}

/** How far a search goes before it hands out what it found, so that signals and leases are looked after. */
const searchStep: BatchLimits = { rows: 20_000, bytes: 16 * 1024 * 1024 };

/** Opens some columns of a table for reading. */
export function openTableReader(
  connection: SqliteConnection,
  table: string,
  columns: readonly string[],
): SqliteTable {
  const query = createTableQuery(connection, table, columns);
  const upperBound: TargetTable['upperBound'] = (after, limits) =>
    connection.attempt(() => chooseBound(nextSizes(query, after, limits.rows), limits.bytes));
  return {
    table,
    columns,
    upperBound,
    readBatch: ({ after, upTo }) =>
      connection.attempt(() => query.select(query.behind(after), query.addressing.condition('<=', upTo))),
    readSample: (rows) => connection.attempt(() => readBothEnds(query, rows)),
    async *readCandidates(shape) {
      const looksRight = { sql: candidateCondition(query.names, shape), parameters: [] };
      let after: RowKey | null = null;
      for (
        let end = await upperBound(null, searchStep);
        end !== null;
        end = await upperBound(end, searchStep)
      ) {
        const range = [query.behind(after), query.addressing.condition('<=', end)];
        yield await connection.attempt(() => query.select(looksRight, ...range));
        after = end;
      }
    },
    countRows: () =>
      connection.attempt(() => Number(query.all(`SELECT count(*) ${query.from}`, [])[0]?.[0] ?? 0)),
    readRows: (keys) =>
      query.toBatch(
        keys.flatMap((key) => {
          const { sql, parameters } = query.addressing.condition('=', key);
          return query.all(`${query.selectCells} WHERE ${sql}`, parameters);
        }),
      ),
  };
}

/** Keys and content sizes, in bytes, of the next rows; sizes come from the row headers alone. */
function nextSizes(
  query: TableQuery,
  after: RowKey | null,
  rows: number,
): readonly (readonly [RowKey, bigint])[] {
  const { sql, parameters } = query.behind(after);
  const bytes = query.names.map((name) => `coalesce(octet_length(${name}), 0)`).join(' + ');
  const next = `SELECT ${query.addressing.keyExpression}, ${bytes} ${query.from}
    WHERE ${sql} ORDER BY ${query.addressing.orderedBy} LIMIT ?`;
  return query.all(next, [...parameters, BigInt(rows)]) as readonly (readonly [RowKey, bigint])[];
}

/** The last row that fits; the first row always does. */
function chooseBound(rows: readonly (readonly [RowKey, bigint])[], maximumBytes: number): RowKey | null {
  let bytes = 0;
  let bound: RowKey | null = null;
  for (const [key, size] of rows) {
    bytes += Number(size);
    if (bound !== null && bytes > maximumBytes) break;
    bound = key;
  }
  return bound;
}

/** Half of the rows from the beginning and half from the end, each row once. */
function readBothEnds(query: TableQuery, rows: number): RowBatch {
  const half = BigInt(Math.ceil(rows / 2));
  const oneEnd = (order: string): string => `SELECT * FROM (${query.selectCells} ORDER BY ${order} LIMIT ?)`;
  const { orderedBy, orderedBackwards } = query.addressing;
  const found = query.all(`${oneEnd(orderedBy)} UNION ALL ${oneEnd(orderedBackwards)}`, [half, half]);
  return query.toBatch([...new Map<RowKey, RawRow>(found.map((row) => [row[0], row])).values()]);
}

/** A necessary condition on a cell: its length, and its first character after white space, in text or blob. */
function candidateCondition(names: readonly string[], shape: CandidatePredicate): string {
  const first = Array.from(shape.firstCharacters, (character) => `'${character.replaceAll("'", "''")}'`).join(
    ', ',
  );
  const conditions = names.map((name) => {
    const text = `ltrim(CAST(${name} AS TEXT), char(32, 9, 10, 11, 12, 13))`;
    return `(octet_length(${name}) >= ${String(shape.minimumLength)} AND substr(${text}, 1, 1) IN (${first}))`;
  });
  return `(${conditions.join(' OR ')})`;
}
