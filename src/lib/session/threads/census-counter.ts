import { availableParallelism } from 'node:os';
import type { MigrationKeys } from '../../keys/migration-keys.ts';
import { packThreadKeys, wipeThreadKeys } from '../../keys/thread-key.ts';
import type { FormatName } from '../../model/columns/column-state.ts';
import type { CensusCiphers } from '../../planning/rotation-ciphers.ts';
import { countBatch, type BatchCounter } from '../../planning/samples/count-batch.ts';
import { memoryOfKeys, packKeys } from './cells-in-transit.ts';
import type { CensusAnswer, CensusJob, CensusWorkerData } from './census-worker.ts';
import { openJobThread, type JobThread } from './job-thread.ts';

/** Both states of a census, by their formats' names, and the loaded keys. */
export interface CensusStates {
  readonly formats: { readonly old: FormatName; readonly new: FormatName };
  readonly keys: MigrationKeys;
  readonly ciphers: CensusCiphers;
}

/** A counter with a thread behind it that has to be ended. */
interface ThreadedCounter {
  readonly counter: BatchCounter;
  readonly close: () => Promise<void>;
}

/** Batches counted on this thread before another one is started: below that it takes longer to start than it saves. */
const batchesAlone = 16;

/**
 * Counts on this thread at first, and on one of its own once there is much to count: reading and opening cost about
 * the same, and of a million rows this thread is left with 1.2 of 2.2 seconds.
 */
export function openCensusCounter({ formats, keys: pair, ciphers }: CensusStates): ThreadedCounter {
  let counted = 0;
  let thread: JobThread<CensusJob, CensusAnswer> | undefined;
  return {
    async counter(batch) {
      counted += 1;
      if (counted <= batchesAlone || availableParallelism() < 2) return countBatch(batch, ciphers);
      thread ??= openThread({ formats, keys: packThreadKeys(pair) });
      const { canonicalKeys, ...cells } = batch;
      const keys = canonicalKeys && packKeys(canonicalKeys);
      const answer = await thread.ask({ ...cells, ...(keys && { keys }) }, memoryOfKeys(keys));
      return answer.counts;
    },
    async close() {
      await thread?.close();
    },
  };
}

function openThread(workerData: CensusWorkerData): JobThread<CensusJob, CensusAnswer> {
  const thread = openJobThread<CensusJob, CensusAnswer>('census-worker', workerData);
  wipeThreadKeys(workerData.keys);
  return thread;
}
