import type { PartSyntax, PlacedPart } from './part-syntax.ts';

/** A string, or an object that holds no other; the server has made sure that the text around them is JSON. */
const stringOrObject = /"(?:[^"\\]|\\.)*"|\{[^{}"]*(?:"(?:[^"\\]|\\.)*"[^{}"]*)*\}/gsu;
const memberName = /\s*:/uy;

/**
 * The strings of a JSON document, and those objects that say of themselves that they are encrypted; names of members
 * are no values. What becomes of an object is an object where the new cell is one, and a string where it is not.
 */
export const jsonSyntax: PartSyntax = {
  find(source) {
    const parts: PlacedPart[] = [];
    const matcher = new RegExp(stringOrObject);
    for (let match = matcher.exec(source); match; match = matcher.exec(source)) {
      const [text] = match;
      const place = { start: match.index, end: match.index + text.length };
      if (text.startsWith('"')) {
        if (!isMemberName(source, place.end)) parts.push({ ...place, value: JSON.parse(text) as string });
      } else if (isSealed(text)) {
        parts.push({ ...place, value: text });
      } else {
        // An ordinary object: look at what is in it.
        matcher.lastIndex = match.index + 1;
      }
    }
    return parts;
  },
  render(fresh, { start, end, value }) {
    // A string has quotes around it. One that holds an object as text goes on holding text: the application parses it twice.
    const isText = typeof value === 'string' && end - start > value.length && value.startsWith('{');
    return fresh.startsWith('{') && !isText ? fresh : JSON.stringify(fresh);
  },
};

function isMemberName(source: string, end: number): boolean {
  memberName.lastIndex = end;
  return memberName.test(source);
}

function isSealed(text: string): boolean {
  return text.includes('"encrypted"') && (JSON.parse(text) as { encrypted?: unknown }).encrypted === true;
}
