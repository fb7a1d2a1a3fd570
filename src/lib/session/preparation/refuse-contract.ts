import { refuseKeepers } from '../../databases/column-stays.ts';
import type { PlacedColumn } from '../../model/columns/placed-column.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { PlaintextEnd } from '../../model/plans/plaintext-end.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { columnsToPart } from '../../model/plans/planned-pair.ts';
import type { ColumnDependant } from '../../model/schema/column-dependant.ts';
import {
  findEmptyingRefusal,
  type EmptyingRefusal,
} from '../../planning/encryption/find-emptying-refusal.ts';
import { withReadOnlyDatabase } from '../database/open-database.ts';
import { refuseLostUniqueness } from './refuse-lost-uniqueness.ts';

/** What is to become of columns of plaintext. */
export interface Contract {
  readonly how: PlaintextEnd;
  /** Whether a UNIQUE may go with the plaintext. */
  readonly uniqueness: 'kept' | 'dropped';
}

/**
 * Throws where something keeps a column of a plan from being dropped, or from being emptied, or where equal values would not be kept
 * apart any more (exit 2), before anything is changed.
 */
export function refuseContract(
  location: DatabaseLocation,
  plan: Plan,
  { how, uniqueness }: Contract,
): Promise<void> {
  return withReadOnlyDatabase(location, async (database) => {
    for (const column of columnsToPart(plan)) {
      const dependants = await database.listDependants(column);
      if (how === 'drop') refuseKeepers(column, dependants);
      const refusal = how === 'empty' ? await findEmptyingRefusal(database, column) : undefined;
      if (refusal !== undefined) throw staysFilled(column, refusal, dependants);
      const unique = dependants.filter(({ kind }) => kind === 'unique');
      if (uniqueness === 'kept') await refuseLostUniqueness(database, plan, { ...column, unique });
    }
  });
}

function staysFilled(
  { table, column }: PlacedColumn,
  { why, remedy }: EmptyingRefusal,
  dependants: readonly ColumnDependant[],
): KeyturnError {
  const isDroppable = dependants.every(({ whenDropped }) => whenDropped !== 'keeps it');
  return new KeyturnError({
    code: 'KT_NULL_REFUSED',
    reason: 'usage',
    message: `column "${column}" of table "${table}" cannot be emptied: ${why}`,
    hints: [
      ...(isDroppable ? ['run the same command again with --contract drop: the whole column goes'] : []),
      `${remedy}, then run the same command again`,
    ],
  });
}
