import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from '../../reporters/display-width.ts';
import type { Painter } from './painter.ts';

/** One column of a table of text. */
export interface TextColumn {
  readonly header: string;
  readonly align: 'left' | 'right';
}

/** Lines with aligned columns under their headers. Cells are printable, and may have colours. */
export function textTable(
  columns: readonly TextColumn[],
  rows: readonly (readonly string[])[],
  painter: Painter,
): readonly string[] {
  const widths = columns.map(({ header }, index) =>
    rows.reduce((width, row) => Math.max(width, widthOf(row[index] ?? '')), header.length),
  );
  const drawRow = (cells: readonly string[]): string =>
    columns
      .map(({ align }, index) => pad(cells[index] ?? '', widths[index] ?? 0, align))
      .join('  ')
      .trimEnd();
  const headers = columns.map(({ header }) => header);
  return [painter.heading(drawRow(headers)), ...rows.map(drawRow)];
}

function pad(text: string, width: number, align: 'left' | 'right'): string {
  const spaces = ' '.repeat(Math.max(0, width - widthOf(text)));
  return align === 'left' ? text + spaces : spaces + text;
}

function widthOf(text: string): number {
  return displayWidth(stripVTControlCharacters(text));
}
