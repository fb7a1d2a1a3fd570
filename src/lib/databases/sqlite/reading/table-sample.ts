import type { RowBatch, RowKey } from '../../../model/cells/row-batch.ts';
import { chooseSample, type SampleStrip } from '../../choose-sample.ts';
import type { BatchLimits } from '../../target-table.ts';
import type { TableQuery } from './table-query.ts';

/** Places at which a sample looks, beginning and end included. */
const strips = 16;

/**
 * Rows in strips at even distances between the first key and the last. Where that gives too few, because keys are
 * no numbers or leave wide gaps, rows from both ends are read instead. Each row once. What is too large for the sample is
 * never read: sizes come from the row headers.
 */
export function readSample(query: TableQuery, { rows, bytes }: BatchLimits): RowBatch {
  const { orderedBy, orderedBackwards, keyKind } = query.addressing;
  if (keyKind === 'place') return readBeginning(query, { rows, bytes });
  const first = measure(query, { after: null, order: orderedBy, rows: 1 })[0]?.[0];
  const last = measure(query, { after: null, order: orderedBackwards, rows: 1 })[0]?.[0];
  const ofStrip = Math.ceil(rows / strips);
  const spread = [
    measure(query, { after: null, order: orderedBy, rows: ofStrip }),
    ...evenlySpaced(first, last).map((after) => measure(query, { after, order: orderedBy, rows: ofStrip })),
    measure(query, { after: null, order: orderedBackwards, rows: ofStrip }),
  ];
  const isSpread = new Set(spread.flat().map(([key]) => key)).size >= rows / 2;
  const half = Math.ceil(rows / 2);
  const ends = [orderedBy, orderedBackwards].map((order) => ({ after: null, order, rows: half }));
  return query.readRows(chooseSample(isSpread ? spread : ends.map((end) => measure(query, end)), bytes));
}

/** Where rows are only counted as they come, each that is read alone would cost a walk over the table. */
function readBeginning(query: TableQuery, { rows, bytes }: BatchLimits): RowBatch {
  const { addressing } = query;
  const strip = measure(query, { after: null, order: addressing.orderedBy, rows });
  return query.select(addressing.condition('<=', chooseSample([strip], bytes).at(-1) ?? 0n));
}

interface StripRequest {
  readonly after: RowKey | null;
  readonly order: string;
  readonly rows: number;
}

function measure(query: TableQuery, { after, order, rows }: StripRequest): SampleStrip<RowKey> {
  const { sql, parameters } = query.behind(after);
  return query
    .all(`${query.selectSizes} WHERE ${sql} ORDER BY ${order} LIMIT ?`, [...parameters, BigInt(rows)])
    .map(([key, size]) => [key, Number(size)] as const);
}

/** Keys between two others; none where keys are no numbers. */
function evenlySpaced(low: RowKey | undefined, high: RowKey | undefined): readonly bigint[] {
  if (typeof low !== 'bigint' || typeof high !== 'bigint' || high <= low) return [];
  const places = strips - 2;
  return Array.from({ length: places }, (_, place) => low + ((high - low) * BigInt(place)) / BigInt(places));
}
