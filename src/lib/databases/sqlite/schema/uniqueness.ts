import type Database from 'better-sqlite3';
import type { ColumnDependant } from '../../../model/schema/column-dependant.ts';

/** A unique index, and the statement that makes it; `null` where a constraint does. */
interface UniqueIndex {
  readonly name: string;
  readonly sql: string | null;
}

/** What a unique index lets be there only once. */
export function uniquenessOf(
  database: Database.Database,
  { name, sql }: UniqueIndex,
): NonNullable<ColumnDependant['unique']> {
  const parts = database
    .prepare<[string], { name: string | null; coll: string }>(
      'SELECT name, coll FROM pragma_index_xinfo(?) WHERE key = 1',
    )
    .all(name);
  const [part, ...others] = parts;
  if (part === undefined || others.length > 0) return 'combinations with other columns';
  if (part.name !== null)
    return part.coll.toUpperCase() === 'NOCASE' ? 'values whatever their case' : 'values';
  return sql !== null && /\b(?:lower|upper)\s*\(/iu.test(sql)
    ? 'values whatever their case'
    : 'an expression';
}
