import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { TranscodedBatch, Transcoder } from '../engine/transcoder.ts';
import { packThreadKeys, wipeThreadKeys } from '../keys/thread-key.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import type { RowBatch } from '../model/row-batch.ts';
import { bindTranscoders, type KeyPair, type TranscodedPlan } from './bind-transcoder.ts';
import type { TranscoderAnswer, TranscoderJob, TranscoderWorkerData } from './transcoder-worker.ts';
import { boundYoungGeneration, threadYoungMebibytes } from './heap-limits.ts';

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

/** Opens the transcoders of a run: on threads of their own where that pays, else on this one. */
export function openTranscoders(plan: TranscodedPlan, keys: KeyPair): RunTranscoders {
  const rows = plan.targets.reduce((sum, { estimatedRows }) => sum + estimatedRows, 0);
  const threads = Math.min(availableParallelism() - 1, mostThreads);
  const onThisThread = bindTranscoders(plan, keys);
  if (threads < 1 || rows < rowsWorthAThread) {
    return { transcoders: onThisThread, close: () => Promise.resolve() };
  }
  boundYoungGeneration();
  const pool = Array.from({ length: threads }, () => openThread({ plan, keys: packThreadKeys(keys) }));
  let turn = 0;
  return {
    transcoders: onThisThread.map((here, target) => ({
      lookahead: threads + 1,
      transcodeAtOnce: (batch) => here.transcodeAtOnce(batch),
      transcode(batch) {
        turn = (turn + 1) % pool.length;
        const thread = pool[turn];
        if (!thread) throw new Error('there is no transcoder thread');
        return thread.transcode(target, batch);
      },
    })),
    async close() {
      await Promise.all(pool.map((thread) => thread.close()));
    },
  };
}

interface TranscoderThread {
  transcode(target: number, batch: RowBatch): Promise<TranscodedBatch>;
  close(): Promise<void>;
}

interface WaitingJob {
  readonly batch: RowBatch;
  readonly resolve: (transcoded: TranscodedBatch) => void;
  readonly reject: (error: unknown) => void;
}

function openThread(workerData: TranscoderWorkerData): TranscoderThread {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./transcoder-worker.${extension}`, import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: threadYoungMebibytes },
  });
  wipeThreadKeys(workerData.keys);
  const waiting = new Map<number, WaitingJob>();
  let jobs = 0;
  let failure: KeyturnError | undefined;
  worker.on('message', ({ job, replacements, ...found }: TranscoderAnswer) => {
    const asked = waiting.get(job);
    waiting.delete(job);
    asked?.resolve({ ...found, replacements: { ...replacements, batch: asked.batch } });
  });
  worker.on('error', (error) => {
    failure = threadFailed(error);
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  });
  return {
    transcode: (target, batch) =>
      new Promise((resolve, reject) => {
        if (failure) throw failure;
        jobs += 1;
        waiting.set(jobs, { batch, resolve, reject });
        const { columns, canonicalKeys } = batch;
        const job: TranscoderJob = { job: jobs, target, columns, ...(canonicalKeys && { canonicalKeys }) };
        worker.postMessage(job);
      }),
    async close() {
      await worker.terminate();
    },
  };
}

function threadFailed(cause: unknown): KeyturnError {
  return new KeyturnError({
    code: 'KT_TRANSCODER_FAILED',
    reason: 'unexpected',
    message: 'the thread that opens and seals cells failed; nothing of its chunk was written',
    hints: ['run the same command again: it goes on where it stopped'],
    cause,
  });
}
