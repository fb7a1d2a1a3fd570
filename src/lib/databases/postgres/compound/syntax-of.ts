import type { CellContent } from '../schema/cell-content.ts';
import { arraySyntax } from './array-syntax.ts';
import { jsonSyntax } from './json-syntax.ts';
import type { PartSyntax } from './part-syntax.ts';
import { wordSyntax } from './word-syntax.ts';

const syntaxes: Readonly<Partial<Record<CellContent, PartSyntax>>> = {
  json: jsonSyntax,
  list: arraySyntax,
  document: wordSyntax,
};

/** How values of a column hold several; undefined where each is one. */
export function syntaxOf(content: CellContent): PartSyntax | undefined {
  return syntaxes[content];
}
