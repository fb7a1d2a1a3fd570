import { parentPort, workerData } from 'node:worker_threads';
import type { TranscodedBatch } from '../engine/transcoder.ts';
import { unpackThreadKeys, type ThreadKeys } from '../keys/thread-key.ts';
import type { CellReplacements } from '../model/row-batch.ts';
import type { ColumnValue } from '../model/stored-value.ts';
import { bindTranscoders, type TranscodedPlan } from './bind-transcoder.ts';

/** What a transcoder thread is started with. */
export interface TranscoderWorkerData {
  readonly plan: TranscodedPlan;
  readonly keys: ThreadKeys;
}

/** A batch on its way to the thread: the cells alone, its keys stay behind. */
export interface TranscoderJob {
  readonly job: number;
  readonly target: number;
  readonly columns: readonly (readonly ColumnValue[])[];
}

/** A batch on its way back. */
export interface TranscoderAnswer {
  readonly job: number;
  readonly replacements: Omit<CellReplacements, 'batch'>;
  readonly outcomes: TranscodedBatch['outcomes'];
  readonly nested: number;
}

const { plan, keys } = workerData as TranscoderWorkerData;
const transcoders = bindTranscoders(plan, unpackThreadKeys(keys));

parentPort?.on('message', ({ job, target, columns }: TranscoderJob) => {
  // An error ends the thread, and with it the run.
  void transcoders[target]?.transcode({ keys: [], columns }).then(({ replacements, outcomes, nested }) => {
    const answer: TranscoderAnswer = { job, replacements: withoutBatch(replacements), outcomes, nested };
    parentPort?.postMessage(answer);
  });
});

function withoutBatch({ columns, compared }: CellReplacements): Omit<CellReplacements, 'batch'> {
  return compared === undefined ? { columns } : { columns, compared };
}
