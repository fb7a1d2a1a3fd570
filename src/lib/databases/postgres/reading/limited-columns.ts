import { quoteIdentifier } from '../../quote-identifier.ts';
import type { LimitedColumns } from '../../target-table.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { ColumnShape, TableShape } from '../schema/table-shape.ts';
import { readCell, selectedCell } from './cell-text.ts';
import type { TableQuery } from './table-query.ts';

/** Runs work on a session, with the pieces of statements for a table. */
type WithQuery = <Result>(
  work: (session: PostgresSession, query: TableQuery) => Promise<Result>,
) => Promise<Result>;

/** Looks at columns whose type limits their length. */
export function limitedColumns(withQuery: WithQuery): LimitedColumns {
  return {
    readLongest: (name, values) =>
      withQuery(async (session, { shape, from }) => {
        const column = columnNamed(shape, name);
        const cell = selectedCell(column);
        const { rows } = await session.query({
          text: `SELECT ${cell} ${from} WHERE ${cell} IS NOT NULL ORDER BY octet_length(${cell}) DESC LIMIT $1::int8`,
          values: [String(values)],
        });
        return rows.map(([text]) => readCell(column, text ?? null));
      }),
    describeWidening: (name, characters) =>
      withQuery((_, { shape }) => {
        const { declaredType } = columnNamed(shape, name);
        // A domain names no length of its own.
        const type = /\(\d+\)/u.test(declaredType)
          ? declaredType.replace(/\(\d+\)/u, `(${characters})`)
          : 'text';
        return Promise.resolve(
          `ALTER TABLE ${shape.sqlName} ALTER COLUMN ${quoteIdentifier(name)} TYPE ${type}`,
        );
      }),
  };
}

function columnNamed({ table, columns }: TableShape, name: string): ColumnShape {
  const column = columns.find((one) => one.name === name);
  if (!column) throw new Error(`table "${table}" has no column "${name}"`);
  return column;
}
