import type { CensusCounts } from '../../model/columns/column-census.ts';
import { countText } from '../../model/texts/count-text.ts';
import { printable } from '../../reporters/printable.ts';
import { columnText } from './column-text.ts';
import type { Painter } from './painter.ts';
import { textTable, type TextColumn } from './text-table.ts';

/** One line of the table: a column and its cells; `rows` is told where all lines have it. */
export interface CensusLine {
  readonly table: string;
  readonly column: string;
  readonly rows?: number;
  /** The column that takes the values; shown where some line has one. */
  readonly into?: string | null;
  readonly cells: CensusCounts;
}

const countedKinds: readonly { readonly field: keyof CensusCounts; readonly header: string }[] = [
  { field: 'old', header: 'old key' },
  { field: 'new', header: 'new key' },
  { field: 'null', header: 'null' },
  { field: 'empty', header: 'empty' },
  { field: 'unknown', header: 'unknown' },
  { field: 'displaced', header: 'displaced' },
  { field: 'plaintext', header: 'plaintext' },
];

/**
 * Cells of columns by what they are. Kinds that no column has are left out, so that the lines fit a terminal. Where only a sample of the
 * rows was looked at, its size stands beside them.
 */
export function censusTable(lines: readonly CensusLine[], painter: Painter): readonly string[] {
  const kinds = countedKinds.filter(
    ({ field }) => field === 'old' || field === 'new' || lines.some(({ cells }) => cells[field] > 0),
  );
  const hasDestinations = lines.some(({ into }) => into !== undefined && into !== null);
  const hasRows = lines.some(({ rows }) => rows !== undefined);
  const isSampled = lines.some(({ rows = 0, cells }) => sampleSize(cells) < rows);
  const columns: readonly TextColumn[] = [
    { header: 'column', align: 'left' },
    ...(hasDestinations ? [{ header: 'goes into', align: 'left' } as const] : []),
    ...(hasRows ? [{ header: 'rows', align: 'right' } as const] : []),
    ...(isSampled ? [{ header: 'sampled', align: 'right' } as const] : []),
    ...kinds.map(({ header }) => ({ header, align: 'right' }) as const),
  ];
  const rows = lines.map((line) => [
    columnText(line),
    ...(hasDestinations ? [printable(line.into ?? '')] : []),
    ...(hasRows ? [countText(line.rows ?? 0)] : []),
    ...(isSampled ? [countText(sampleSize(line.cells))] : []),
    ...kinds.map(({ field }) => cellText(field, line.cells[field], painter)),
  ]);
  return textTable(columns, rows, painter);
}

function sampleSize(cells: CensusCounts): number {
  return Object.values<number>({ ...cells }).reduce((sum, count) => sum + count, 0);
}

/** Zeros step back, what needs attention stands out. */
function cellText(field: keyof CensusCounts, count: number, painter: Painter): string {
  if (count === 0) return painter.faint('0');
  return field === 'unknown' || field === 'displaced' ? painter.warning(countText(count)) : countText(count);
}
