import type { RowBatch } from '../../../model/cells/row-batch.ts';
import type { Parameter } from '../connection/parameter.ts';
import type { PostgresSession, Statement, StatementResult } from '../connection/session.ts';
import type { TableQuery } from '../reading/table-query.ts';

/** Rows of a batch by their index in it. */
export type Rows = readonly number[];

/** Arrays beside those of the keys. */
export type ExtraArrays = readonly {
  readonly name: string;
  readonly type: string;
  readonly value: Parameter;
}[];

/** What stands in `FROM`, and how it meets the table. */
export interface JoinedRows {
  readonly wanted: string;
  readonly join: string;
}

/** Runs a statement that joins the table with arrays: rows' keys, more columns, and each row's place in the arrays. */
export type RunJoined = (
  rows: Rows,
  extra: ExtraArrays,
  toText: (joined: JoinedRows) => string,
) => Promise<StatementResult>;

/** The table that is joined, and whether the server keeps the plans of statements on it. */
interface JoinedTable {
  readonly query: TableQuery;
  readonly plan: NonNullable<Statement['plan']>;
}

/** Prepares statements on rows of one batch. */
export function joinRows(
  session: PostgresSession,
  { query: { addressing }, plan }: JoinedTable,
  { keys }: RowBatch,
): RunJoined {
  return (rows, extra, toText) => {
    const ofRows = rows.map((row) => keys[row] ?? '');
    const list = addressing.list(ofRows, 1);
    const first = 1 + list.values.length;
    const arrays = [...list.arrays, ...extra.map(({ type }, index) => `$${first + index}::${type}[]`)];
    const names = [...list.names, ...extra.map(({ name }) => name), 'place'];
    const wanted = `unnest(${arrays.join(', ')}) WITH ORDINALITY AS wanted(${names.join(', ')})`;
    const values = [...list.values, ...extra.map(({ value }) => value)];
    return session.query({ text: toText({ wanted, join: list.join }), values, plan });
  };
}

/** The rows that a statement returned by their places, which count from 1, in the order of the batch. */
export function rowsAt(rows: Rows, { rows: found }: Pick<StatementResult, 'rows'>): Rows {
  const places = found.map(([place]) => Number(place)).sort((one, other) => one - other);
  return places.flatMap((place) => rows[place - 1] ?? []);
}
