import { availableParallelism } from 'node:os';
import type { TranscodedBatch } from '../../engine/transcoding/transcoded-batch.ts';
import type { Transcoder } from '../../engine/transcoding/transcoder.ts';
import type { MigrationKeys } from '../../keys/migration-keys.ts';
import { packThreadKeys, wipeThreadKeys } from '../../keys/thread-key.ts';
import { freeCells } from '../../model/cells/packed-cells.ts';
import {
  packedBatch,
  packedReplacements,
  type CellReplacements,
  type RowBatch,
} from '../../model/cells/row-batch.ts';
import { boundYoungGeneration } from '../database/heap-limits.ts';
import { bindTranscoders, type TranscodedPlan } from '../formats/bind-transcoder.ts';
import { memoryOf, memoryOfKeys, packKeys } from './cells-in-transit.ts';
import { openJobThread, type JobThread } from './job-thread.ts';
import { decodeOutcomes } from './outcome-codes.ts';
import type { TranscoderAnswer, TranscoderJob, TranscoderWorkerData } from './transcoder-worker.ts';

/** The transcoders of a run, and the threads behind them. */
export interface RunTranscoders {
  /** One for each target of the plan, in its order. */
  readonly transcoders: readonly Transcoder[];
  /** Ends the threads. */
  readonly close: () => Promise<void>;
}

/** Below this many rows a thread takes longer to start than it saves. */
const rowsWorthAThread = 20_000;

/** Two threads keep one database connection busy. */
const mostThreads = 2;

/**
 * Opens the transcoders of a run: on threads of their own where that pays, else on this one. `cells`: how the database hands
 * them out, as a rule.
 */
export function openTranscoders(
  plan: TranscodedPlan,
  keys: MigrationKeys,
  cells: TranscoderWorkerData['cells'],
): RunTranscoders {
  const rows = plan.targets.reduce((sum, { estimatedRows }) => sum + estimatedRows, 0);
  const threads = Math.min(availableParallelism() - 1, mostThreads);
  const onThisThread = bindTranscoders(plan, keys);
  if (threads < 1 || rows < rowsWorthAThread) {
    return { transcoders: onThisThread, close: () => Promise.resolve() };
  }
  boundYoungGeneration();
  const pool = Array.from({ length: threads }, () => openThread({ plan, keys: packThreadKeys(keys), cells }));
  let turn = 0;
  return {
    transcoders: onThisThread.map((here, target) => ({
      lookahead: threads + 1,
      transcodeAtOnce: (batch) => here.transcodeAtOnce(batch),
      transcode(batch) {
        turn = (turn + 1) % pool.length;
        const thread = pool[turn];
        if (!thread) throw new Error('there is no transcoder thread');
        return transcodeOn(thread, target, batch);
      },
    })),
    async close() {
      await Promise.all(pool.map((thread) => thread.close()));
    },
  };
}

type TranscoderThread = JobThread<TranscoderJob, TranscoderAnswer>;

function openThread(workerData: TranscoderWorkerData): TranscoderThread {
  const thread: TranscoderThread = openJobThread('transcoder-worker', workerData);
  wipeThreadKeys(workerData.keys);
  return thread;
}

/** Transfers packed cells to the thread and back with the answer: until then they must not be used. */
async function transcodeOn(
  thread: TranscoderThread,
  target: number,
  batch: RowBatch,
): Promise<TranscodedBatch> {
  const { keys, versions, canonicalKeys, packed } = batch;
  const packedKeys = canonicalKeys && packKeys(canonicalKeys);
  const rows = { keys, ...(versions && { versions }) };
  const answer = await thread.ask(
    {
      target,
      cells: packed ? { kind: 'packed', columns: packed } : { kind: 'single', columns: batch.columns },
      ...(packedKeys && { canonicalKeys: packedKeys }),
    },
    [...memoryOf(packed ?? []), ...memoryOfKeys(packedKeys)],
  );
  const { read, cells, outcomes, nested } = answer;
  return {
    outcomes: outcomes.map(decodeOutcomes),
    nested,
    replacements: replacementsOf(answer, read ? packedBatch(read, rows, batch) : batch),
    release() {
      const packedCells = [...(read ?? []), ...(cells.kind === 'packed' ? cells.columns : [])];
      packedCells.forEach(freeCells);
    },
  };
}

function replacementsOf({ cells, compared }: TranscoderAnswer, batch: RowBatch): CellReplacements {
  if (cells.kind === 'packed') return packedReplacements(batch, cells.columns);
  return { batch, columns: cells.columns, ...(compared && { compared }) };
}
