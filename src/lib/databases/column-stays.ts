import { KeyturnError } from '../model/keyturn-error.ts';

/** The error of a column that its database does not let go. */
export function columnStays(table: string, column: string, cause: unknown): KeyturnError {
  return new KeyturnError({
    code: 'KT_COLUMN_STAYS',
    reason: 'usage',
    message: `column "${column}" of table "${table}" cannot be dropped: a key, a constraint, a view or a trigger is made of it`,
    hints: [
      'keyturn finalize --contract empty',
      'drop what depends on the column, then run the same command again',
    ],
    cause,
  });
}
