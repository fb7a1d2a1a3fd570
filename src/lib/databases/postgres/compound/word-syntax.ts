import type { PartSyntax, PlacedPart } from './part-syntax.ts';

/** No cell of any format is shorter, in characters. */
const shortestWord = 20;
/** The characters of which cells in text consist, those that hold JSON apart. */
const word = /[A-Za-z0-9+/=_.:-]{20,}/gu;
/** What may stand between a name and a cell, and inside a cell as well. */
const separator = /[.:]|=+(?=[^=])/u;
/** Bytes as the server writes them, without the backslashes before. */
const hexadecimal = /^x(?:[0-9a-f]{2})+$/u;

/**
 * The words of any text that are long enough to be cells, for types whose structure is not known: `hstore`, `xml`,
 * composite ones. They can be recognised there, and not exchanged.
 */
export const wordSyntax: PartSyntax = {
  find: (source) =>
    [...source.matchAll(word)].flatMap(({ 0: text, index }) => {
      const place = { start: index, end: index + text.length };
      return candidatesIn(text).map((value): PlacedPart => ({ ...place, value }));
    }),
};

function candidatesIn(text: string): readonly (string | Uint8Array)[] {
  const pieces = text.split(separator).filter((piece) => piece.length >= shortestWord);
  const bytes = hexadecimal.test(text) ? [Buffer.from(text.slice(1), 'hex')] : [];
  return [...new Set([text, ...pieces]), ...bytes];
}
