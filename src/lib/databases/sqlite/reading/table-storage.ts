import type Database from 'better-sqlite3';
import type { TableStorage } from '../../../model/schema/table-storage.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { balancedExpression } from '../balanced-expression.ts';
import { indexesOver } from '../schema/indexes-over.ts';
import { readShape, tableName } from '../schema/schema.ts';

/** Rows that are looked at for how large a row is. */
const measuredRows = 1000;
/** What a row takes beside its content, and what pages leave free. */
const rowHead = 6;
const roomForRows = 1.12;

/** The size of a table from that of its first rows: to add up its pages, all of them would have to be read. */
export function readStorage(
  database: Database.Database,
  {
    table,
    columns,
    rows,
  }: { readonly table: string; readonly columns: readonly string[]; readonly rows: number },
): TableStorage {
  const shape = readShape(database, table);
  const sizes = shape.columns.map(({ name }) => `coalesce(octet_length(${quoteIdentifier(name)}), 0)`);
  const average = database
    .prepare<[], number | null>(
      `SELECT avg(bytes) FROM (SELECT ${balancedExpression(sizes, '+')} AS bytes FROM ${tableName(shape)} LIMIT ${measuredRows})`,
    )
    .pluck()
    .get();
  return {
    kind: 'in place',
    bytes: rows * ((average ?? 0) + rowHead) * roomForRows,
    indexes: columns.flatMap((column) =>
      indexesWith(database, table, column).map(() => ({ columns: [column] })),
    ),
  };
}

/** Those of constraints, which name columns alone, and those that somebody has made. */
function indexesWith(database: Database.Database, table: string, column: string): readonly string[] {
  const ofConstraints = database
    .prepare<[string, string], string>(
      `SELECT list.name FROM pragma_index_list(?) AS list, pragma_index_info(list.name) AS info
       WHERE list.origin <> 'c' AND info.name = ?`,
    )
    .pluck()
    .all(table, column);
  return [...ofConstraints, ...indexesOver(database, table, column).map(({ name }) => name)];
}
