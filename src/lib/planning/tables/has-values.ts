import type { TargetDatabase } from '../../databases/target-database.ts';
import { walkTable } from './walk-table.ts';

/** Tells whether some row has a value in a column, by reading until one is found. */
export async function hasValues(database: TargetDatabase, table: string, column: string): Promise<boolean> {
  for await (const { columns } of walkTable(database.openTable(table, [column]))) {
    if (columns[0]?.some((cell) => cell !== null) === true) return true;
  }
  return false;
}
