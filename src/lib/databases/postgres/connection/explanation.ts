import type { ErrorDescription } from '../../../model/keyturn-error.ts';

/** What a code of the server, the system or the encryption means to an operator; `says` follows the name of the database. */
export type Explanation = Omit<ErrorDescription, 'cause' | 'message'> & { readonly says: string };

/** Of a database that cannot be reached, or not in the requested way (exit 15). */
export const unavailable = { code: 'KT_DATABASE_UNAVAILABLE', reason: 'databaseUnavailable' } as const;
