import type { TargetDatabase } from '../../databases/target-database.ts';
import type { ForeignKey } from '../../model/schema/foreign-key.ts';
import { hasValues } from '../tables/has-values.ts';

/** Tells whether rows may refer to others by a foreign key: one with a NULL in any of its columns refers to none. */
export async function isReferring(
  database: TargetDatabase,
  { table, columns }: ForeignKey,
): Promise<boolean> {
  for (const column of columns) if (!(await hasValues(database, table, column))) return false;
  return true;
}
