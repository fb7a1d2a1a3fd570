import { parentPort, workerData } from 'node:worker_threads';
import type { TranscodedBatch } from '../../engine/transcoding/transcoder.ts';
import { unpackThreadKeys, type ThreadKeys } from '../../keys/thread-key.ts';
import type { CellReplacements, RowBatch } from '../../model/row-batch.ts';
import type { Numbered } from './job-thread.ts';
import { bindTranscoders, type TranscodedPlan } from '../formats/bind-transcoder.ts';
import { warmUp } from './warm-up.ts';

/** What a transcoder thread is started with. */
export interface TranscoderWorkerData {
  readonly plan: TranscodedPlan;
  readonly keys: ThreadKeys;
}

/** A batch on its way to the thread: the cells and what they may be bound to; how its rows are addressed stays behind. */
export interface TranscoderJob extends Pick<RowBatch, 'columns' | 'canonicalKeys'> {
  readonly target: number;
}

/** A batch on its way back. */
export interface TranscoderAnswer {
  readonly replacements: Omit<CellReplacements, 'batch'>;
  readonly outcomes: TranscodedBatch['outcomes'];
  readonly nested: number;
}

const { plan, keys: packed } = workerData as TranscoderWorkerData;
const keys = unpackThreadKeys(packed);
const transcoders = bindTranscoders(plan, keys);

parentPort?.on('message', ({ job, target, ...batch }: Numbered<TranscoderJob>) => {
  // An error ends the thread, and with it the run.
  void transcoders[target]?.transcode({ keys: [], ...batch }).then(({ replacements, outcomes, nested }) => {
    const answer: Numbered<TranscoderAnswer> = {
      job,
      replacements: withoutBatch(replacements),
      outcomes,
      nested,
    };
    parentPort?.postMessage(answer);
  });
});

const [target] = plan.targets;
const [transcoder] = transcoders;
if (target && transcoder) void warmUp(target, { transcoder, oldKey: keys.old });

function withoutBatch({ columns, compared }: CellReplacements): Omit<CellReplacements, 'batch'> {
  return compared === undefined ? { columns } : { columns, compared };
}
