import type { Reach } from '../../../scrubber.ts';
import type { TableShape } from '../../schema/table-shape.ts';
import type { Lane } from '../../transactions/lane.ts';
import { columnStatistics } from './column-statistics.ts';
import { localFiles } from './local-files.ts';
import type { ReadingWay } from './reading-way.ts';
import { relationPages } from './relation-pages.ts';
import { serverFiles } from './server-files.ts';

/** Every way, the one that reaches most first. */
const readingWays: readonly ReadingWay[] = [localFiles, serverFiles, relationPages];

/**
 * What of a server can be read, in the best way that is open to this user. Statistics are read besides: in their files they are
 * compressed.
 */
export async function reachFiles(lane: Lane, tables: readonly TableShape[]): Promise<Reach> {
  const statistics = columnStatistics(lane, tables);
  for (const way of readingWays) {
    const reached = await way.reach(lane, tables);
    if (reached === null) continue;
    return {
      ...reached,
      files: [...reached.files, ...statistics.files],
      open: (file) => (statistics.files.includes(file) ? statistics : reached).open(file),
    };
  }
  return statistics;
}
