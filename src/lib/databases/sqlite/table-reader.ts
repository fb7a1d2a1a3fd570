import type { KeyRange, RowBatch, RowKey } from '../../model/row-batch.ts';
import type { StoredValue } from '../../model/stored-value.ts';
import type { BatchLimits, CandidatePredicate, TargetTable } from '../target-database.ts';
import { addressingOf, type KeyCondition } from './addressing.ts';
import type { SqliteConnection } from './connection.ts';
import { quoteIdentifier } from './identifier.ts';
import { readShape, tableName } from './schema.ts';

/** A table that a transaction can also read under its lock. */
export interface SqliteTable extends TargetTable {
  readRows(keys: readonly RowKey[]): RowBatch;
}

/** One row as the driver hands it out: its key, then its cells. */
type RawRow = readonly [RowKey, ...StoredValue[]];

/** How far a search goes before it hands out what it found, so that signals and leases are looked after. */
const searchStep: BatchLimits = { rows: 20_000, bytes: 16 * 1024 * 1024 };

/** Opens some columns of a table for reading. */
export function openTableReader(
  connection: SqliteConnection,
  table: string,
  columns: readonly string[],
): SqliteTable {
  const shape = readShape(connection.database, table);
  const addressing = addressingOf(shape);
  const names = columns.map(quoteIdentifier);
  const from = `FROM ${tableName(shape)}`;
  const selectCells = `SELECT ${[addressing.keyExpression, ...names].join(', ')} ${from}`;
  const all = (sql: string, parameters: readonly StoredValue[]): readonly RawRow[] =>
    connection.statements.prepare(sql).all(...parameters) as RawRow[];

  const behind = (after: RowKey | null): KeyCondition =>
    after === null ? { sql: 'true', parameters: [] } : addressing.condition('>', after);

  async function upperBound(after: RowKey | null, limits: BatchLimits): Promise<RowKey | null> {
    const { sql, parameters } = behind(after);
    const bytes = names.map((name) => `coalesce(octet_length(${name}), 0)`).join(' + ');
    const next = `SELECT ${addressing.keyExpression}, ${bytes} ${from}
      WHERE ${sql} ORDER BY ${addressing.orderedBy} LIMIT ?`;
    const rows = await connection.attempt(() => all(next, [...parameters, BigInt(limits.rows)]));
    return chooseBound(rows as readonly [RowKey, bigint][], limits.bytes);
  }

  return {
    table,
    columns,
    async readBatch(range: KeyRange) {
      const after = behind(range.after);
      const upTo = addressing.condition('<=', range.upTo);
      const sql = `${selectCells} WHERE ${after.sql} AND ${upTo.sql} ORDER BY ${addressing.orderedBy}`;
      const parameters = [...after.parameters, ...upTo.parameters];
      return toBatch(await connection.attempt(() => all(sql, parameters)), columns.length);
    },
    async readSample(rows) {
      const half = Math.ceil(rows / 2);
      const select = (order: string): string => `SELECT * FROM (${selectCells} ORDER BY ${order} LIMIT ?)`;
      const sql = `${select(addressing.orderedBy)} UNION ALL ${select(addressing.orderedBackwards)}`;
      const raw = await connection.attempt(() => all(sql, [BigInt(half), BigInt(half)]));
      return toBatch(withoutRepeats(raw), columns.length);
    },
    async *readCandidates(shape) {
      const looksRight = names.map((name) => candidateCondition(name, shape)).join(' OR ');
      let after: RowKey | null = null;
      for (
        let end = await upperBound(after, searchStep);
        end !== null;
        end = await upperBound(after, searchStep)
      ) {
        const upTo = addressing.condition('<=', end);
        const sql = `${selectCells} WHERE (${looksRight}) AND ${behind(after).sql} AND ${upTo.sql}`;
        const parameters = [...behind(after).parameters, ...upTo.parameters];
        yield toBatch(await connection.attempt(() => all(sql, parameters)), columns.length);
        after = end;
      }
    },
    countRows: () =>
      connection.attempt(
        () => connection.database.prepare(`SELECT count(*) ${from}`).pluck().get() as number,
      ),
    upperBound,
    readRows(keys) {
      const raw = keys.flatMap((key) => {
        const condition = addressing.condition('=', key);
        return all(`${selectCells} WHERE ${condition.sql}`, condition.parameters);
      });
      return toBatch(raw, columns.length);
    },
  };
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

/** A necessary condition on a cell; the first character after white space and the length, in text or blob. */
function candidateCondition(name: string, shape: CandidatePredicate): string {
  const text = `ltrim(CAST(${name} AS TEXT), char(32, 9, 10, 11, 12, 13))`;
  const first = [...shape.firstCharacters]
    .map((character) => `'${character.replaceAll("'", "''")}'`)
    .join(', ');
  return `(octet_length(${name}) >= ${String(shape.minimumLength)} AND substr(${text}, 1, 1) IN (${first}))`;
}

function withoutRepeats(rows: readonly RawRow[]): readonly RawRow[] {
  return [...new Map(rows.map((row) => [row[0], row])).values()];
}

function toBatch(rows: readonly RawRow[], width: number): RowBatch {
  const columns = Array.from({ length: width }, (_, column) =>
    rows.map((row) => row[column + 1] as StoredValue),
  );
  return { keys: rows.map((row) => row[0]), columns };
}
