import type { RowBatch, RowKey } from '../../../model/cells/row-batch.ts';
import { chooseSample, type SampleStrip } from '../../choose-sample.ts';
import type { BatchLimits } from '../../target-table.ts';
import type { TableQuery } from './table-query.ts';

/**
 * Rows at random rowids, each found by a step down the tree; a row behind a gap is likelier than others. A small table,
 * and one whose keys are no numbers, is put into a random order. What is too large is never read: sizes come from the row
 * headers.
 */
export function readRandom(query: TableQuery, { rows, bytes }: BatchLimits): RowBatch {
  const { keyKind, orderedBy } = query.addressing;
  const [low, high] =
    keyKind === 'number'
      ? (query.all(`SELECT min(${orderedBy}), max(${orderedBy}) ${query.from}`, [])[0] ?? [])
      : [];
  const isSpread = typeof low === 'bigint' && typeof high === 'bigint' && high - low >= BigInt(2 * rows);
  const found = isSpread ? atRandomKeys(query, { low, high, rows }) : inRandomOrder(query, rows);
  return query.readRows(chooseSample([found], bytes));
}

interface KeySpan {
  readonly low: bigint;
  readonly high: bigint;
  readonly rows: number;
}

function atRandomKeys(query: TableQuery, { low, high, rows }: KeySpan): SampleStrip<RowKey> {
  const { orderedBy } = query.addressing;
  const next = `${query.selectSizes} WHERE ${orderedBy} >= ? ORDER BY ${orderedBy} LIMIT 1`;
  return Array.from({ length: rows }, () => query.all(next, [randomBetween(low, high)]))
    .flat()
    .map(([key, size]) => [key, Number(size)] as const);
}

function inRandomOrder(query: TableQuery, rows: number): SampleStrip<RowKey> {
  return query
    .all(`${query.selectSizes} ORDER BY random() LIMIT ?`, [BigInt(rows)])
    .map(([key, size]) => [key, Number(size)] as const);
}

/** Spans of more than 2^53 lose their last digits, which does not matter here. */
function randomBetween(low: bigint, high: bigint): bigint {
  return low + BigInt(Math.floor(Math.random() * Number(high - low + 1n)));
}
