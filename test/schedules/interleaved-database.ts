import type { TargetDatabase, TargetTransaction } from '../../src/lib/databases/target-database.ts';
import type { TargetTable } from '../../src/lib/databases/target-table.ts';
import type { KeyRange } from '../../src/lib/model/cells/row-batch.ts';
import type { Access } from './scheduler.ts';

/** What the wrapper tells of, and asks, at each await point. */
export interface Interleaving {
  /** Waits for the turn of the process; throws what is to go wrong there. */
  waitAt(label: string, access: Access): Promise<void>;
  /** A batch was read. */
  onRead(table: string, range: KeyRange): unknown;
  /** The end of a table was found. */
  onEnd(table: string): unknown;
  /** A table outside the plan was searched. */
  onSearch(table: string): unknown;
  /** A transaction has begun. */
  onBegin(): void;
  /** A transaction is committed; nobody else has moved since. */
  onCommit(): void;
  /** Tells whether the transaction that is about to commit, or has just done so, has to fail, and how. */
  faultOfCommit(): CommitFault;
  /** The transaction is over, committed or not. */
  release(): void;
}

/**
 * What goes wrong with a commit: it is `refused`; it meets a lock, so that the database runs the work again (`retried`);
 * or it is done, but the answer is lost (`unanswered`).
 */
export type CommitFault = 'none' | 'refused' | 'retried' | 'unanswered';

/** What a disk that fails looks like to the engine. */
export class DiskFailure extends Error {}

class Retry extends Error {}

/** A target database whose every call, inside and outside transactions, first waits for the turn of its process. */
export function interleave(database: TargetDatabase, turns: Interleaving): TargetDatabase {
  const tables = new WeakMap<TargetTable, TargetTable>();

  function wrapTable(table: TargetTable): TargetTable {
    const wrapped: TargetTable = {
      ...afterTurn(table, (label) => turns.waitAt(`${label} ${table.table}`, 'reading')),
      table: table.table,
      columns: table.columns,
      async readBatch(range) {
        await turns.waitAt(`readBatch ${table.table}`, 'reading');
        turns.onRead(table.table, range);
        return table.readBatch(range);
      },
      async upperBound(after, limits) {
        await turns.waitAt(`upperBound ${table.table}`, 'reading');
        const bound = await table.upperBound(after, limits);
        if (bound === null) turns.onEnd(table.table);
        return bound;
      },
      async *readCandidates(shape) {
        await turns.waitAt(`readCandidates ${table.table}`, 'reading');
        turns.onSearch(table.table);
        yield* table.readCandidates(shape);
      },
    };
    tables.set(wrapped, table);
    return wrapped;
  }

  function wrapTransaction(transaction: TargetTransaction): TargetTransaction {
    const inTurn = (label: string): Promise<void> => turns.waitAt(label, 'holding');
    const original = (table: TargetTable): TargetTable => tables.get(table) ?? table;
    return {
      ...afterTurn(transaction, inTurn),
      ledger: afterTurn(transaction.ledger, inTurn),
      async readRows(table, keys) {
        await inTurn(`readRows ${table.table}`);
        return transaction.readRows(original(table), keys);
      },
      async replaceCells(table, replacements) {
        await inTurn(`replaceCells ${table.table}`);
        return transaction.replaceCells(original(table), replacements);
      },
    };
  }

  async function runOnce<Result>(work: (transaction: TargetTransaction) => Promise<Result>): Promise<Result> {
    await turns.waitAt('begin', 'beginning');
    try {
      turns.onBegin();
      let fault: CommitFault = 'none';
      const result = await database.transaction(async (transaction) => {
        const worked = await work(wrapTransaction(transaction));
        await turns.waitAt('commit', 'holding');
        fault = turns.faultOfCommit();
        if (fault === 'refused') throw new DiskFailure();
        if (fault === 'retried') throw new Retry();
        return worked;
      });
      turns.onCommit();
      if (isUnanswered(fault)) throw new DiskFailure();
      return result;
    } finally {
      turns.release();
    }
  }

  return {
    ...afterTurn(database, (label) => turns.waitAt(label, 'reading')),
    identity: database.identity,
    pacing: database.pacing,
    ledger: afterTurn(database.ledger, (label) => turns.waitAt(label, 'reading')),
    openTable: (table, columns) => wrapTable(database.openTable(table, columns)),
    async transaction(work) {
      for (;;) {
        try {
          return await runOnce(work);
        } catch (error) {
          if (!(error instanceof Retry)) throw error;
        }
      }
    },
    foreignCommitSeen: () => false,
    metrics: () => database.metrics(),
    otherProcesses: () => Promise.resolve([]),
    close: () => Promise.resolve(),
  };
}

/** The compiler cannot see that the transaction has set the fault meanwhile. */
function isUnanswered(fault: CommitFault): boolean {
  return fault === 'unanswered';
}

/** The same object, whose every method first waits for a turn that bears its name. */
function afterTurn<Port extends object>(port: Port, waitFor: (label: string) => Promise<void>): Port {
  const wrapped = Object.entries(port).map(([name, member]: [string, unknown]) => {
    if (typeof member !== 'function') return [name, member] as const;
    const call = member as (...values: readonly unknown[]) => unknown;
    return [
      name,
      async (...values: readonly unknown[]) => {
        await waitFor(name);
        return call(...values);
      },
    ] as const;
  });
  return Object.fromEntries(wrapped) as Port;
}
