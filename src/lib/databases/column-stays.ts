import { KeyturnError } from '../model/keyturn-error.ts';

/** Why a column has to stay, and what can be done about it. */
interface Hindrance {
  readonly reason: string;
  readonly hints: readonly string[];
}

/** Something else in the schema is made of the column. */
export const dependents: Hindrance = {
  reason: 'a key, a constraint, a view or a trigger is made of it',
  hints: ['drop what depends on the column, then run the same command again'],
};

/** The error of a column that cannot be dropped. */
export function columnStays(
  { table, column }: { readonly table: string; readonly column: string },
  { reason, hints }: Hindrance,
  cause?: unknown,
): KeyturnError {
  return new KeyturnError({
    code: 'KT_COLUMN_STAYS',
    reason: 'usage',
    message: `column "${column}" of table "${table}" cannot be dropped: ${reason}`,
    hints: ['keyturn finalize --contract empty', ...hints],
    ...(cause !== undefined && { cause }),
  });
}
