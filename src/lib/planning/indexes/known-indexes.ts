import type { TargetDatabase } from '../../databases/target-database.ts';
import type { IndexRecord } from '../../model/columns/blind-index.ts';

/** What the ledger knows of blind indexes, by whether their columns are there: somebody may have dropped or renamed some. */
export interface KnownIndexes {
  readonly present: readonly IndexRecord[];
  readonly gone: readonly IndexRecord[];
}

/** Compares the blind indexes on record with the tables as they are. */
export async function listKnownIndexes(database: TargetDatabase): Promise<KnownIndexes> {
  const known = await database.ledger.listIndexes();
  if (known.length === 0) return { present: [], gone: [] };
  const tables = await database.listTables();
  const isThere = ({ table, column }: IndexRecord): boolean =>
    tables.find((one) => one.table === table)?.columns.some(({ name }) => name === column) === true;
  return { present: known.filter(isThere), gone: known.filter((index) => !isThere(index)) };
}
