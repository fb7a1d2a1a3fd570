import type { TargetTransaction } from '../../databases/target-database.ts';
import type { BatchLimits } from '../../databases/target-table.ts';
import type { ClaimedChunk } from '../../model/runs/chunk.ts';
import { reached } from '../../model/runs/step.ts';
import type { MigrationRun, RunningTarget } from '../migration-run.ts';
import type { TranscodedBatch } from '../transcoding/transcoded-batch.ts';

/** A claimed chunk that is being read and transcoded. */
export interface ChunkInHand {
  readonly chunk: ClaimedChunk;
  readonly transcoding: Promise<TranscodedBatch>;
}

/** Chunks that a transaction has claimed, for `add` once it is committed. */
export interface Claims {
  readonly chunks: readonly ClaimedChunk[];
  /** Whether there was less to claim than was wanted. */
  readonly areLast: boolean;
}

/** Claims the chunks of a pass some way ahead of the lanes that commit them, and has them read and transcoded meanwhile. */
export interface ChunkSupply {
  /** The next chunk in the order of their claims; undefined when nothing is left that this run could claim. */
  next(): Promise<ChunkInHand | undefined>;
  /**
   * Claims what the supply lacks inside the transaction of a chunk, where there is one lane: that saves a commit. Several
   * lanes would wait in it for each other.
   */
  claimIn(transaction: TargetTransaction): Promise<Claims>;
  add(claims: Claims): void;
  /** Looks behind the frontier again: a claim that was made is not in the ledger any more. */
  claimLost(): void;
  /** Takes a chunk back that was not committed. */
  giveBack(chunk: ClaimedChunk): void;
  /** Has everything in hand read again: the layout has changed, but the keys still name the same rows. */
  readAgain(): void;
  /** Waits for claims that are under way. */
  settle(): Promise<void>;
  /** Forgets what is in hand: its keys name other rows now, and the pass begins anew. */
  startOver(): void;
}

/** Makes the supply of one walk over a target; `limits` bounds the next chunk that is claimed. */
export function createChunkSupply(
  run: MigrationRun,
  target: RunningTarget,
  limits: () => BatchLimits,
): ChunkSupply {
  const { lanes } = run.database.pacing;
  // Beside what is being transcoded, one chunk for each lane but the first stands ready.
  const capacity = target.transcoder.lookahead + lanes - 1;
  let inHand: readonly ChunkInHand[] = [];
  let isDry = false;
  let refilling: Promise<void> | undefined;

  async function claim(transaction: TargetTransaction): Promise<Claims> {
    const wanted = capacity - inHand.length;
    const chunks = await claimChunks(transaction, { run, target, limits: limits(), wanted });
    return { chunks, areLast: chunks.length < wanted };
  }

  function add({ chunks, areLast }: Claims): void {
    isDry = areLast;
    inHand = [...inHand, ...chunks.map((chunk) => takeInHand(run, target, chunk))];
  }

  /** Claims in a transaction of its own; whoever asks meanwhile waits for the same one. */
  function refill(): Promise<void> {
    refilling ??= run.database
      .transaction(claim, 'side by side')
      .then(add)
      .finally(() => {
        refilling = undefined;
      });
    return refilling;
  }

  return {
    async next() {
      while (inHand.length === 0 && !isDry) await refill();
      const [first, ...rest] = inHand;
      inHand = rest;
      const isLow = lanes > 1 && rest.length * 2 <= capacity;
      // Whoever finds nothing in hand waits for it, and sees its error.
      if (isLow && !isDry) refill().catch(() => undefined);
      return first;
    },
    claimIn: (transaction) =>
      lanes > 1 || isDry ? Promise.resolve({ chunks: [], areLast: isDry }) : claim(transaction),
    add,
    claimLost() {
      isDry = false;
    },
    giveBack(chunk) {
      add({ chunks: [chunk], areLast: isDry });
    },
    readAgain() {
      const chunks = inHand.map(({ chunk }) => chunk).sort((one, other) => one.id - other.id);
      inHand = [];
      add({ chunks, areLast: isDry });
    },
    async settle() {
      await refilling?.catch(() => undefined);
    },
    startOver() {
      inHand = [];
      isDry = false;
    },
  };
}

interface Claim {
  readonly run: MigrationRun;
  readonly target: RunningTarget;
  readonly limits: BatchLimits;
  /** How many chunks at most. */
  readonly wanted: number;
}

/** What earlier runs left behind comes first, then the ranges behind the frontier. */
async function claimChunks(
  { ledger }: TargetTransaction,
  { run, target, limits, wanted }: Claim,
): Promise<readonly ClaimedChunk[]> {
  const claimant = { targetId: target.id, workerId: run.workerId };
  const chunks: ClaimedChunk[] = [];
  await ledger.holdRun(run.workerId);
  let after = await ledger.lockFrontier(target.id);
  while (chunks.length < wanted) {
    const left = await ledger.reclaimChunk(claimant);
    if (!left) break;
    chunks.push(left);
  }
  while (chunks.length < wanted) {
    const upTo = await target.table.upperBound(after, limits);
    if (upTo === null) break;
    chunks.push(await ledger.claimRange(claimant, { after, upTo }));
    after = upTo;
  }
  return chunks;
}

function takeInHand(run: MigrationRun, target: RunningTarget, chunk: ClaimedChunk): ChunkInHand {
  const transcoding = readAndTranscode(run, target, chunk);
  // Whoever awaits it sees the error; a run that ends before that must not end the process.
  transcoding.catch(() => undefined);
  return { chunk, transcoding };
}

async function readAndTranscode(
  { database }: MigrationRun,
  target: RunningTarget,
  chunk: ClaimedChunk,
): Promise<TranscodedBatch> {
  const batch = await target.table.readBatch(chunk.range);
  reached('chunk read');
  const transcoded = await target.transcoder.transcode(batch);
  reached('chunk transcoded');
  return target.undo.restore(database.ledger, transcoded);
}
