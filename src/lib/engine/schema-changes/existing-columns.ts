import type { TargetDatabase } from '../../databases/target-database.ts';

/** Tells whether a table has a column. */
export type ColumnLookup = (table: string, column: string) => boolean;

/** Reads which columns there are. */
export async function lookUpColumns(database: TargetDatabase): Promise<ColumnLookup> {
  const tables = await database.listTables();
  return (table, column) =>
    tables.find((one) => one.table === table)?.columns.some(({ name }) => name === column) === true;
}
