import { quoteIdentifier } from '../../quote-identifier.ts';
import { quoteLiteral } from '../../quote-literal.ts';
import { errorCodeOf } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { TransactionLock } from './transaction-lock.ts';

/** How it is found out, on another connection, whether a commit whose answer was lost was done. */
export interface CommitEvidence {
  /** A statement at the beginning of a transaction; what it returns names the transaction from then on. */
  readonly name: string;
  /** What comes last before its COMMIT; absent where nothing has to be left behind. */
  readonly leave?: (session: PostgresSession, id: string) => Promise<void>;
  /** Whether it was committed. Waits, or has to be asked again (`08007`), for as long as its old process works on it. */
  wasCommitted(session: PostgresSession, id: string): Promise<boolean>;
  /** Its outcome is known: the evidence may go. */
  readonly settle?: (id: string) => void;
}

/** The transaction whose outcome was asked for has not ended yet: ask again. */
class StillInProgress extends Error {
  readonly code = '08007';
}

/** What a server says of a transaction that is in its future: another one began it, and this one has taken over without it. */
const unknownTransaction = '22023';

/** The server numbers its transactions, and remembers the outcome of each for a while. */
export const numberedTransactions: CommitEvidence = {
  name: 'SELECT txid_current()',
  async wasCommitted(session, id) {
    const status = await statusOf(session, id);
    if (status === 'in progress') throw new StillInProgress('the transaction has not ended yet');
    return status === 'committed';
  },
};

async function statusOf(session: PostgresSession, id: string): Promise<string | null> {
  try {
    const { rows } = await session.query({ text: 'SELECT txid_status($1::int8)', values: [id] });
    return rows[0]?.[0] ?? null;
  } catch (error) {
    if (errorCodeOf(error) === unknownTransaction) return null;
    throw error;
  }
}

/** Notes of processes that have ended are in nobody's way; a day later nobody asks for them any more. */
const longestDoubt = "interval '1 day'";

/** Each transaction leaves a note in the ledger, which is there if it was committed; the next one takes it away. */
export function notedTransactions(ledgerSchema: string, lock: TransactionLock): CommitEvidence {
  const table = `${quoteIdentifier(ledgerSchema)}.keyturn_meta`;
  const settled = new Set<string>();
  /** The notes that each transaction takes away with it, if it is committed. */
  const going = new Map<string, readonly string[]>();
  return {
    name: "SELECT 'commit ' || gen_random_uuid()",
    async leave(session, id) {
      const names = [...settled];
      going.set(id, names);
      await session.script(`DO $keyturn$ BEGIN
        IF to_regclass(${quoteLiteral(table)}) IS NOT NULL THEN
          DELETE FROM ${table} WHERE name IN (${["''", ...names.map(quoteLiteral)].join(', ')}) OR CASE WHEN name LIKE 'commit %'
            THEN value::timestamptz < clock_timestamp() - ${longestDoubt} ELSE false END;
          INSERT INTO ${table}(name, value) VALUES (${quoteLiteral(id)}, clock_timestamp()::text); END IF; END $keyturn$`);
    },
    async wasCommitted(session, id) {
      try {
        // Whoever has the lock alone knows that the old process has let go of it.
        await session.script(`BEGIN; SET LOCAL lock_timeout = '1s'; ${lock.statement('alone')}`);
        const { rows } = await session.query({ text: `SELECT to_regclass(${quoteLiteral(table)})` });
        if (rows[0]?.[0] === null) return false;
        const text = `SELECT name FROM ${table} WHERE name = $1`;
        return (await session.query({ text, values: [id] })).rows.length > 0;
      } finally {
        await session.script('ROLLBACK');
      }
    },
    settle(id) {
      for (const gone of going.get(id) ?? []) settled.delete(gone);
      going.delete(id);
      settled.add(id);
    },
  };
}
