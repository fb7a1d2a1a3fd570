import type { ReplacementOutcome } from '../model/cells/row-batch.ts';
import type { TargetDatabase, TargetTransaction } from './target-database.ts';
import type { TargetTable } from './target-table.ts';

/** How much of a rehearsal is really written, before it is rolled back. */
export type RehearsedWrites = 'first' | 'all';

/** Chunks of each table whose rows a `first` rehearsal writes, constraints and triggers included. */
const rehearsedChunks = 3;

/** Leaves a transaction so that it is rolled back, carrying out what the work returned. */
class RolledBack<Result> extends Error {
  readonly result: Result;

  constructor(result: Result) {
    super('rolled back');
    this.result = result;
  }
}

/**
 * A target database on which everything happens and nothing stays: the rows are changed in transactions that roll
 * back, the checkpoints go into `memory`, a database that is thrown away.
 */
export function rehearse(
  target: TargetDatabase,
  memory: TargetDatabase,
  writes: RehearsedWrites,
): TargetDatabase {
  const written = new Map<TargetTable, number>();

  function replaceCells(real: TargetTransaction): TargetTransaction['replaceCells'] {
    return async (table, replacements) => {
      const chunks = written.get(table) ?? 0;
      written.set(table, chunks + 1);
      const isWritten = writes === 'all' || chunks < rehearsedChunks;
      return isWritten
        ? real.replaceCells(table, replacements)
        : assumeWritten(replacements.batch.keys.length);
    };
  }

  async function rolledBack<Result>(work: (real: TargetTransaction) => Promise<Result>): Promise<Result> {
    try {
      return await target.transaction(async (real) => {
        throw new RolledBack(await work(real));
      });
    } catch (error) {
      if (error instanceof RolledBack) return error.result as Result;
      throw error;
    }
  }

  return {
    ...target,
    // No column has been made that could be indexed.
    buildIndexes: () => Promise.resolve(),
    // The ledger in memory has one lane.
    pacing: { ...target.pacing, lanes: 1 },
    ledger: memory.ledger,
    // The memory's transaction is the inner one: where the real one has to be done again, both are.
    transaction: (work) =>
      rolledBack((real) =>
        memory.transaction(({ ledger }) => work({ ...real, ledger, replaceCells: replaceCells(real) })),
      ),
  };
}

function assumeWritten(rows: number): ReplacementOutcome {
  return { written: Array.from({ length: rows }, (_, row) => row), changed: [], vanished: [], refused: [] };
}
