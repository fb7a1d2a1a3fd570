import { Worker } from 'node:worker_threads';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { threadYoungMebibytes } from '../database/heap-limits.ts';

/** A thread that answers jobs; several may be queued at once. */
export interface JobThread<Job, Answer> {
  /** `moved`: memory that is handed over instead of being copied. */
  ask(job: Job, moved?: readonly ArrayBuffer[]): Promise<Answer>;
  close(): Promise<void>;
}

/** A job or an answer on its way, with the number that joins them. */
export type Numbered<Content> = Content & { readonly job: number };

interface WaitingJob<Answer> {
  readonly resolve: (answer: Answer) => void;
  readonly reject: (error: unknown) => void;
}

/** Starts a thread from a file of this folder, named without its extension. An error in it ends it, and all its jobs. */
export function openJobThread<Job extends object, Answer extends object>(
  name: string,
  workerData: unknown,
): JobThread<Job, Answer> {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js';
  const worker = new Worker(new URL(`./${name}.${extension}`, import.meta.url), {
    workerData,
    resourceLimits: { maxYoungGenerationSizeMb: threadYoungMebibytes },
  });
  const waiting = new Map<number, WaitingJob<Answer>>();
  let jobs = 0;
  let failure: KeyturnError | undefined;
  worker.on('message', (answer: Numbered<Answer>) => {
    waiting.get(answer.job)?.resolve(answer);
    waiting.delete(answer.job);
  });
  worker.on('error', (error) => {
    failure = threadFailed(error);
    for (const { reject } of waiting.values()) reject(failure);
    waiting.clear();
  });
  return {
    ask: (content, moved = []) =>
      new Promise((resolve, reject) => {
        if (failure) throw failure;
        jobs += 1;
        waiting.set(jobs, { resolve, reject });
        const job: Numbered<Job> = { ...content, job: jobs };
        worker.postMessage(job, moved);
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
