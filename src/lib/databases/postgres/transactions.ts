import { reached } from '../../model/step.ts';
import type { TargetDatabase, TargetTransaction, TransactionCompany } from '../target-database.ts';
import { NeedsCare, type WritingCare } from './cell-writer.ts';
import { classifyError, errorCodeOf } from './errors.ts';
import type { Lane } from './lane.ts';
import type { PostgresSession } from './session.ts';

/** What a transaction may use, on the session it runs on. */
export type TransactionTools = (session: PostgresSession, care: WritingCare) => TargetTransaction;

/** Less than the second after which the server looks for deadlocks: we give way before it has to choose a victim. */
export const lockTimeout = '500ms';

/** One number for all runs of keyturn in a database: `keyturn` in ASCII. */
const advisoryLock = '0x6b65797475726e';

/**
 * Whether a commit waits for the server's disk. Those of chunks do not: the next one that waits, at the end of the pass at
 * the latest, flushes them all, and a crash before that takes cells and checkpoints back together. Where the server is set
 * to wait for more than its disk, others wait for that.
 */
const waiting: Readonly<Record<TransactionCompany, string>> = {
  alone: `SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`,
  'side by side': 'SET LOCAL synchronous_commit = off',
};

/**
 * What begins a transaction. Nothing of ours may wait or stand idle for long while it holds locks. The advisory lock
 * keeps transactions of keyturn apart that have to be, not those of the application. The number identifies the
 * transaction later on.
 */
function beginning(company: TransactionCompany): string {
  const lock = company === 'alone' ? 'pg_advisory_xact_lock' : 'pg_advisory_xact_lock_shared';
  return `
    BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;
    SET LOCAL lock_timeout = '${lockTimeout}'; SET LOCAL statement_timeout = '60s';
    SET LOCAL idle_in_transaction_session_timeout = '60s'; ${waiting[company]};
    SELECT ${lock}(${String(BigInt(advisoryLock))});
    SELECT txid_current()`;
}

/** The transaction whose outcome was asked for has not ended yet: ask again. */
class StillInProgress extends Error {
  readonly code = '08007';
}

/** Runs transactions on a lane, or side by side on a pool of them; each is tried with the first care first. */
export function createTransactions(
  lane: Lane,
  tools: TransactionTools,
  firstCare: WritingCare,
): TargetDatabase['transaction'] {
  async function attempt<Result>(
    session: PostgresSession,
    { work, company }: Job<Result>,
    care: WritingCare,
  ): Promise<CommitOutcome<Result>> {
    // Sent together with the first statement of the work, whose answer is behind this one.
    const begun = session.script(beginning(company)).then(({ rows }) => {
      reached('transaction begun');
      return rows[0]?.[0] ?? '';
    });
    begun.catch(() => undefined);
    let result: Result;
    try {
      result = await work(tools(session, care));
      await begun;
      reached('before commit');
    } catch (error) {
      await session.script('ROLLBACK').catch(() => undefined);
      // Where the transaction never began, everything in it failed for that.
      await begun;
      if (error instanceof NeedsCare && care !== 'careful')
        return attempt(session, { work, company }, 'careful');
      throw error;
    }
    const id = await begun;
    try {
      await session.script('COMMIT');
    } catch (error) {
      if (classifyError(error) !== 'connection lost') throw error;
      return { kind: 'unknown', id, result };
    }
    reached('after commit');
    return { kind: 'committed', result };
  }

  async function run<Result>(job: Job<Result>): Promise<Result> {
    const outcome = await lane.run((session) => attempt(session, job, firstCare));
    if (outcome.kind === 'unknown' && !(await wasCommitted(lane, outcome.id))) return run(job);
    return outcome.result;
  }

  return (work, company = 'alone') => run({ work, company });
}

interface Job<Result> {
  readonly work: (transaction: TargetTransaction) => Promise<Result>;
  readonly company: TransactionCompany;
}

/** `unknown`: the connection was lost after COMMIT was sent. */
type CommitOutcome<Result> =
  | { readonly kind: 'committed'; readonly result: Result }
  | { readonly kind: 'unknown'; readonly id: string; readonly result: Result };

/** What a server says of a transaction that is in its future: another one began it, and this one has taken over without it. */
const unknownTransaction = '22023';

/** Asks the server what became of a transaction; waits while its old process still works on it. */
function wasCommitted(lane: Lane, id: string): Promise<boolean> {
  return lane.run(async (session) => {
    const status = await statusOfTransaction(session, id);
    if (status === 'in progress') throw new StillInProgress('the transaction has not ended yet');
    return status === 'committed';
  });
}

async function statusOfTransaction(session: PostgresSession, id: string): Promise<string | null> {
  try {
    const { rows } = await session.query({ text: 'SELECT txid_status($1::int8)', values: [id] });
    return rows[0]?.[0] ?? null;
  } catch (error) {
    if (errorCodeOf(error) === unknownTransaction) return null;
    throw error;
  }
}
