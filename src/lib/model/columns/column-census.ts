import { countText } from '../texts/count-text.ts';
import { countedText } from '../texts/counted-text.ts';

/** What the cells of one column are, counted; each cell once. */
export interface ColumnCensus {
  readonly table: string;
  readonly column: string;
  readonly cells: CensusCounts;
}

/** Opened under the old key, under the new one, and everything else. */
export interface CensusCounts {
  readonly old: number;
  readonly new: number;
  readonly null: number;
  readonly empty: number;
  /** The layout of one of the formats, but neither key opens it. */
  readonly unknown: number;
  /** Names one of the keys, but does not open in its place: it was moved, or tampered with. */
  readonly displaced: number;
  /** No cell of either format at all. */
  readonly plaintext: number;
}

/** The counts of a column without any row. */
export const emptyCensus: CensusCounts = {
  old: 0,
  new: 0,
  null: 0,
  empty: 0,
  unknown: 0,
  displaced: 0,
  plaintext: 0,
};

/** Tells whether there is no value at all among the cells: only NULL and empty ones, or none. */
export function areBlank(cells: CensusCounts): boolean {
  const all = Object.values<number>({ ...cells }).reduce((sum, count) => sum + count, 0);
  return all === cells.null + cells.empty;
}

/** What a column is in whose cells there is no value: `no row`, `3 rows, all NULL`, `3 rows, 2 NULL and 1 empty`. */
export function blankText({ null: nulls, empty }: CensusCounts): string {
  const rows = countedText(nulls + empty, 'row');
  if (nulls + empty === 0) return 'no row';
  if (nulls > 0 && empty > 0) return `${rows}, ${countText(nulls)} NULL and ${countText(empty)} empty`;
  return `${rows}, ${nulls + empty === 1 ? '' : 'all '}${nulls > 0 ? 'NULL' : 'empty'}`;
}

/** Cells that neither key opens where they stand. */
export function closedCells({ unknown, displaced }: CensusCounts): number {
  return unknown + displaced;
}

/** Adds two counts field by field. */
export function addCensus(one: CensusCounts, other: CensusCounts): CensusCounts {
  return {
    old: one.old + other.old,
    new: one.new + other.new,
    null: one.null + other.null,
    empty: one.empty + other.empty,
    unknown: one.unknown + other.unknown,
    displaced: one.displaced + other.displaced,
    plaintext: one.plaintext + other.plaintext,
  };
}
