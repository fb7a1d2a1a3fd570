import { parentPort, workerData } from 'node:worker_threads';
import { unpackThreadKeys, type ThreadKeys } from '../../keys/thread-key.ts';
import type { PackedCells, SpacedCells } from '../../model/cells/packed-cells.ts';
import { packedBatch, type CellReplacements, type RowBatch } from '../../model/cells/row-batch.ts';
import { bindTranscoders, type TranscodedPlan } from '../formats/bind-transcoder.ts';
import {
  freeKeys,
  memoryOf,
  unpackKeys,
  type CellsInTransit,
  type KeysInTransit,
} from './cells-in-transit.ts';
import type { Numbered } from './job-thread.ts';
import { encodeOutcomes } from './outcome-codes.ts';
import { warmUp } from './warm-up.ts';

/** What a transcoder thread is started with. */
export interface TranscoderWorkerData {
  readonly plan: TranscodedPlan;
  readonly keys: ThreadKeys;
  /** How the database hands out cells, as a rule. */
  readonly cells: 'packed' | 'single';
}

/** A batch on its way to the thread: the cells and what they may be bound to; how its rows are addressed stays behind. */
export interface TranscoderJob {
  readonly target: number;
  readonly canonicalKeys?: KeysInTransit;
  readonly cells: CellsInTransit<PackedCells, RowBatch['columns']>;
}

/** A batch on its way back. */
export interface TranscoderAnswer {
  /** The cells that were packed on their way here. */
  readonly read?: readonly PackedCells[];
  readonly cells: CellsInTransit<SpacedCells, CellReplacements['columns']>;
  readonly compared?: CellReplacements['compared'];
  /** Those of each column as `encodeOutcomes` writes them. */
  readonly outcomes: readonly Uint8Array[];
  readonly nested: number;
}

const { plan, keys: packedKeys, cells: usualCells } = workerData as TranscoderWorkerData;
const keys = unpackThreadKeys(packedKeys);
const transcoders = bindTranscoders(plan, keys);

parentPort?.on('message', ({ job, target, cells, canonicalKeys }: Numbered<TranscoderJob>) => {
  const named = canonicalKeys && { canonicalKeys: unpackKeys(canonicalKeys) };
  const batch =
    cells.kind === 'packed'
      ? packedBatch(cells.columns, { keys: [] }, named)
      : { keys: [], columns: cells.columns, ...named };
  // An error ends the thread, and with it the run.
  void transcoders[target]?.transcode(batch).then(({ replacements, outcomes, nested }) => {
    const { packed: packedCells, compared } = replacements;
    const answer: Numbered<TranscoderAnswer> = {
      job,
      ...(batch.packed && { read: batch.packed }),
      cells: packedCells
        ? { kind: 'packed', columns: packedCells }
        : { kind: 'single', columns: replacements.columns },
      ...(compared && { compared }),
      outcomes: outcomes.map(encodeOutcomes),
      nested,
    };
    parentPort?.postMessage(answer, memoryOf([...(batch.packed ?? []), ...(packedCells ?? [])]));
    freeKeys(canonicalKeys);
  });
});

const [target] = plan.targets;
const [transcoder] = transcoders;
if (target && transcoder) void warmUp(target, { transcoder, oldKey: keys.old, cells: usualCells });
