import { quoteIdentifier } from '../../quote-identifier.ts';
import { quoteLiteral } from '../../quote-literal.ts';
import type { TransactionConcurrency } from '../../target-database.ts';
import { errorCodeOf, nameTaken } from '../connection/errors.ts';

/** Keeps transactions of keyturn apart that have to be, in whatever process; not those of the application. */
export interface TransactionLock {
  /** A statement that takes the lock until the transaction ends. */
  statement(concurrency: TransactionConcurrency): string;
  /** Whether a transaction failed for another one that the lock could not keep away: it is to be done again. */
  missed(error: unknown): boolean;
}

/** One number for all runs of keyturn in a database: `keyturn` in ASCII. */
const number = String(0x6b65797475726en);

/** A lock on a number: several may have it side by side, or one alone. */
export const advisoryLock: TransactionLock = {
  statement: (concurrency) =>
    `SELECT ${concurrency === 'alone' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared'}(${number})`,
  missed: () => false,
};

/** Codes of a relation and of a type or index that somebody else has made meanwhile. */
const madeMeanwhile: readonly (string | undefined)[] = [nameTaken, '42710'];

/**
 * A row of the ledger, for a server without such locks: one transaction at a time has it. Before there is a ledger nothing is
 * locked; of several that make one the first succeeds, and the others are done again.
 */
export function ledgerRowLock(ledgerSchema: string): TransactionLock {
  const table = `${quoteIdentifier(ledgerSchema)}.keyturn_meta`;
  return {
    statement: () => `DO $keyturn$ BEGIN
      IF to_regclass(${quoteLiteral(table)}) IS NOT NULL THEN
        PERFORM name FROM ${table} WHERE name = 'schema_version' FOR UPDATE; END IF; END $keyturn$`,
    missed(error) {
      const code = errorCodeOf(error);
      const { schema } = error as { readonly schema?: string };
      return madeMeanwhile.includes(code) || (code === '23505' && schema === 'pg_catalog');
    },
  };
}
