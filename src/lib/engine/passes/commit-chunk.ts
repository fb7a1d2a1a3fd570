import type { Pass } from '../../ledger/pass.ts';
import type { ClaimedChunk } from '../../model/runs/chunk.ts';
import { reached } from '../../model/runs/step.ts';
import type { MigrationRun, RunningTarget } from '../migration-run.ts';
import type { BatchTally } from '../transcoding/tally-batch.ts';
import type { TranscodedBatch } from '../transcoding/transcoded-batch.ts';
import type { ChunkSupply, Claims } from './chunk-supply.ts';
import { settleBatch } from './settle-batch.ts';

/** The outcome of a chunk's transaction. */
export type ChunkEnd = CommittedChunk | { readonly kind: 'layout changed' };

interface CommittedChunk {
  readonly kind: 'committed';
  readonly settled: BatchTally;
  /** What was claimed in the same transaction. */
  readonly claimed: Claims;
  /** How long the work took, from when the transaction had its lock to before its commit. */
  readonly workMilliseconds: number;
  readonly lockMilliseconds: number;
}

/** A claimed chunk with everything its transaction needs. */
export interface PreparedChunk {
  readonly chunk: ClaimedChunk;
  readonly transcoded: TranscodedBatch;
  readonly pass: Pass;
  readonly supply: ChunkSupply;
}

/**
 * Replaces the cells of a chunk and completes it, in one transaction. A run that was taken over holds an old claim
 * token: its transaction fails at the end and is rolled back.
 */
export async function commitChunk(
  run: MigrationRun,
  target: RunningTarget,
  { chunk, transcoded, pass, supply }: PreparedChunk,
): Promise<ChunkEnd> {
  let locked = 0;
  const end = await run.database.transaction(async (transaction) => {
    locked = performance.now();
    if ((await transaction.layoutVersion(target.table)) !== pass.layoutVersion)
      return { kind: 'layout changed' } as const;
    const settled = await settleBatch(transaction, target, transcoded);
    reached('cells replaced');
    const rows = transcoded.replacements.batch.keys.length;
    await transaction.ledger.completeChunk({ chunk, rows, ...settled });
    reached('chunk completed');
    const claimed = await supply.claimIn(transaction);
    const workMilliseconds = performance.now() - locked;
    return { kind: 'committed', settled, claimed, workMilliseconds } as const;
  }, 'side by side');
  return end.kind === 'committed' ? { ...end, lockMilliseconds: performance.now() - locked } : end;
}
