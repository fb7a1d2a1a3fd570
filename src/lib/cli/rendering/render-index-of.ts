import { printable } from '../../reporters/printable.ts';
import type { IndexOfResult, SearchTermResult } from '../results/index-of-result.ts';
import { columnText } from './column-text.ts';
import type { Painter } from './painter.ts';
import { composeText, section } from './sections.ts';
import { strangersText } from './strangers-text.ts';

/** What to search for by each index of a column: a condition to paste, and what it finds. */
export function renderIndexOf({ indexes, next }: IndexOfResult, painter: Painter): string {
  return composeText(
    indexes.map((index) => section(headingOf(index, painter), linesOf(index, painter))),
    next,
  );
}

function headingOf({ table, column, normaliser, bits, keyId }: SearchTermResult, painter: Painter): string {
  return `${painter.heading(columnText({ table, column }))} by ${normaliser}, ${bits} bits under key ${keyId}`;
}

function linesOf({ where, finds, strangers }: SearchTermResult, painter: Painter): readonly string[] {
  if (where === null) return [`the value has nothing that this index could find (it finds ${finds})`];
  return [`WHERE ${printable(where)}`, painter.faint(`finds ${finds}, and ${strangersText(strangers)}`)];
}
