import { reached } from '../../../model/runs/step.ts';
import type { TargetDatabase, TargetTransaction, TransactionConcurrency } from '../../target-database.ts';
import { classifyError } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import { NeedsCare, type WritingCare } from '../writing/cell-writer.ts';
import type { CommitEvidence } from './commit-evidence.ts';
import type { Lane } from './lane.ts';
import type { TransactionLock } from './transaction-lock.ts';

/** What a transaction may use, on the session it runs on. */
export type TransactionTools = (session: PostgresSession, care: WritingCare) => TargetTransaction;

/** Less than the second after which the server looks for deadlocks: we give way before it has to choose a victim. */
export const lockTimeout = '500ms';

/**
 * Whether a commit waits for the server's disk. Those of chunks do not: the next one that waits, at the end of the pass at
 * the latest, flushes them all, and a crash before that takes cells and checkpoints back together. Where the server is set
 * to wait for more than its disk, others wait for that.
 */
const waiting: Readonly<Record<TransactionConcurrency, string>> = {
  alone: `SELECT set_config('synchronous_commit', 'on', true) WHERE current_setting('synchronous_commit') = 'off'`,
  'side by side': 'SET LOCAL synchronous_commit = off',
};

/** How the transactions of a database are run. */
export interface TransactionStrategy {
  /** How they write, unless that turns out to need more care. */
  readonly firstCare: WritingCare;
  readonly lock: TransactionLock;
  readonly evidence: CommitEvidence;
}

/** What begins a transaction. Nothing of ours may wait or stand idle for long while it holds locks. */
function beginning({ concurrency, checks }: Terms, { lock, evidence }: TransactionStrategy): string {
  return `
    BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE;${checks === 'at once' ? ' SET CONSTRAINTS ALL IMMEDIATE;' : ''}
    SET LOCAL lock_timeout = '${lockTimeout}'; SET LOCAL statement_timeout = '60s';
    SET LOCAL idle_in_transaction_session_timeout = '60s'; ${waiting[concurrency]};
    ${lock.statement(concurrency)};
    ${evidence.name}`;
}

/** What has to be done again, under the code of two transactions that cannot be told apart in time. */
class DoneAgain extends Error {
  readonly code = '40001';
}

/** Runs transactions on a lane, or side by side on a pool of them; each is tried with the first care first. */
export function createTransactions(
  lane: Lane,
  tools: TransactionTools,
  strategy: TransactionStrategy,
): TargetDatabase['transaction'] {
  const { lock, evidence } = strategy;

  async function attempt<Result>(
    session: PostgresSession,
    job: Job<Result>,
    care: WritingCare,
  ): Promise<CommitOutcome<Result>> {
    // Sent together with the first statement of the work, whose answer is behind this one.
    const begun = session.script(beginning(job, strategy)).then(({ rows }) => {
      reached('transaction begun');
      return rows[0]?.[0] ?? '';
    });
    begun.catch(() => undefined);
    let result: Result;
    try {
      result = await job.work(tools(session, care));
      await evidence.leave?.(session, await begun);
      await begun;
      reached('before commit');
    } catch (error) {
      await session.script('ROLLBACK').catch(() => undefined);
      // Where the transaction never began, everything in it failed for that.
      await begun;
      if (error instanceof NeedsCare && care !== 'careful') return attempt(session, job, 'careful');
      throw lock.missed(error) ? new DoneAgain('another transaction made the same') : error;
    }
    const id = await begun;
    try {
      await session.script('COMMIT');
    } catch (error) {
      const why = classifyError(error);
      if (why === 'connection lost') return { kind: 'unknown', id, result };
      // What is checked at the end alone refuses all rows together: checked at once, it names the one.
      if (why === 'refused' && job.checks === 'as declared')
        return attempt(session, { ...job, checks: 'at once' }, 'careful');
      throw error;
    }
    reached('after commit');
    evidence.settle?.(id);
    return { kind: 'committed', result };
  }

  async function run<Result>(job: Job<Result>): Promise<Result> {
    const outcome = await lane.run((session) => attempt(session, job, strategy.firstCare));
    if (outcome.kind === 'committed') return outcome.result;
    const { id, result } = outcome;
    if (!(await lane.run((session) => evidence.wasCommitted(session, id)))) return run(job);
    evidence.settle?.(id);
    return result;
  }

  return (work, concurrency = 'alone') => run({ work, concurrency, checks: 'as declared' });
}

/** What a transaction begins with. */
interface Terms {
  readonly concurrency: TransactionConcurrency;
  /** When constraints that may be deferred are checked. */
  readonly checks: 'as declared' | 'at once';
}

interface Job<Result> extends Terms {
  readonly work: (transaction: TargetTransaction) => Promise<Result>;
}

/** `unknown`: the connection was lost after COMMIT was sent. */
type CommitOutcome<Result> =
  | { readonly kind: 'committed'; readonly result: Result }
  | { readonly kind: 'unknown'; readonly id: string; readonly result: Result };
