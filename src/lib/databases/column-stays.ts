import type { PlacedColumn } from '../model/columns/placed-column.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import type { ColumnDependant } from '../model/schema/column-dependant.ts';
import { describeDependant } from '../model/schema/column-dependant.ts';

/** The error of a column that cannot be dropped; says what keeps it, and what to do about each. */
export function columnStays(
  { table, column }: PlacedColumn,
  keepers: readonly ColumnDependant[],
  cause?: unknown,
): KeyturnError {
  const described = keepers.map((keeper) => describeDependant(keeper, { table, column }));
  const names = described.map(({ kind, name }) => `${kind} ${name}`).join(', ');
  // Rows that refer to its values keep it from being emptied as well.
  const isReferredTo = keepers.some(({ kind }) => kind === 'foreign key');
  return new KeyturnError({
    code: 'KT_COLUMN_STAYS',
    reason: 'usage',
    message: `column "${column}" of table "${table}" cannot be dropped: ${names || 'something'} depends on it`,
    hints: [
      ...(isReferredTo
        ? []
        : ['run the same command again with --contract empty: the column stays, without its values']),
      ...described.map(({ kind, name, advice = '' }) => `${kind} ${name}: ${advice}`),
      ...(described.length === 0 ? ['drop what depends on the column, then run the same command again'] : []),
    ],
    ...(cause !== undefined && { cause }),
  });
}

/** Throws where something keeps a column from being dropped. */
export function refuseKeepers(column: PlacedColumn, dependants: readonly ColumnDependant[]): void {
  const keepers = dependants.filter(({ whenDropped }) => whenDropped === 'keeps it');
  if (keepers.length > 0) throw columnStays(column, keepers);
}
