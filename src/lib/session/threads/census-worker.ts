import { parentPort, workerData } from 'node:worker_threads';
import { formatNamed } from '../../formats/format-named.ts';
import type { SecretKey } from '../../keys/secret-key.ts';
import { unpackThreadKeys, type ThreadKeys } from '../../keys/thread-key.ts';
import type { CensusCounts } from '../../model/columns/column-census.ts';
import type { FormatName } from '../../model/columns/column-state.ts';
import type { CensusCiphers } from '../../planning/rotation-ciphers.ts';
import { countBatch, type PlacedBatch } from '../../planning/samples/count-batch.ts';
import { unpackKeys, type KeysInTransit } from './cells-in-transit.ts';
import type { Numbered } from './job-thread.ts';

/** What a thread that counts is started with. */
export interface CensusWorkerData {
  readonly formats: { readonly old: FormatName; readonly new: FormatName };
  readonly keys: ThreadKeys;
}

/** A batch on its way to the thread. */
export interface CensusJob extends Omit<PlacedBatch, 'canonicalKeys'> {
  readonly keys?: KeysInTransit;
}

/** What the cells of a batch are, by column. */
export interface CensusAnswer {
  readonly counts: readonly CensusCounts[];
}

const { formats, keys } = workerData as CensusWorkerData;
const unpacked = unpackThreadKeys(keys);
const ciphers: CensusCiphers = {
  old: bind(formats.old, unpacked.old),
  new: bind(formats.new, unpacked.new),
};

function bind(name: FormatName, key: SecretKey | null): CensusCiphers['old'] {
  const format = formatNamed(name);
  return { format, cipher: key && format.bind(key) };
}

parentPort?.on('message', ({ job, keys: rowKeys, ...cells }: Numbered<CensusJob>) => {
  const batch = { ...cells, ...(rowKeys && { canonicalKeys: unpackKeys(rowKeys) }) };
  // An error ends the thread, and with it the census.
  const answer: Numbered<CensusAnswer> = { job, counts: countBatch(batch, ciphers) };
  parentPort?.postMessage(answer);
});
