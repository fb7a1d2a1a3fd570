import type { PartSyntax } from './part-syntax.ts';

/** An element as array_out writes it: in quotes, with backslashes before quotes and backslashes, or bare. */
const element = /"(?<quoted>(?:[^"\\]|\\.)*)"|(?<bare>[^{},"]+)/gsu;

/** The elements of an array of texts, of however many dimensions. */
export const arraySyntax: PartSyntax = {
  find(source) {
    const body = source.indexOf('{');
    return [...source.slice(body).matchAll(element)].map(({ 0: text, index, groups }) => {
      const quoted = groups?.['quoted'];
      const start = body + index;
      const value = quoted === undefined ? (text === 'NULL' ? null : text) : quoted.replace(/\\(.)/gsu, '$1');
      return { start, end: start + text.length, value };
    });
  },
  render: (fresh) => `"${fresh.replace(/["\\]/gu, '\\$&')}"`,
};
