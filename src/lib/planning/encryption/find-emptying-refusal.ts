import type { TargetDatabase } from '../../databases/target-database.ts';
import type { PlacedColumn } from '../../model/columns/placed-column.ts';
import { isReferring } from './is-referring.ts';

/** What keeps a column of plaintext from being emptied once its values stand in another one. */
export interface EmptyingRefusal {
  /** A sentence. */
  readonly why: string;
  /** What to do about it before the same command is run again. */
  readonly remedy: string;
}

/**
 * Finds out what would not let a column be emptied; undefined where nothing is known to. A foreign key to it would refuse that, or
 * empty along what refers to it, of which nothing has a copy.
 */
export async function findEmptyingRefusal(
  database: TargetDatabase,
  column: PlacedColumn,
): Promise<EmptyingRefusal | undefined> {
  const refusal = await database.findNullRefusal(column);
  if (refusal !== undefined) {
    return {
      why: `${refusal} lets no row be without a value`,
      remedy: 'change the schema so that NULL may stand there',
    };
  }
  for (const key of await database.listForeignKeys()) {
    const isIncoming =
      key.refersTo.table === column.table && key.refersTo.columns.some((name) => name === column.column);
    if (!isIncoming || !(await isReferring(database, key))) continue;
    return {
      why: `rows of table "${key.table}" refer to its values by a foreign key`,
      remedy: 'let the foreign key refer to another column, or drop it',
    };
  }
  return undefined;
}
