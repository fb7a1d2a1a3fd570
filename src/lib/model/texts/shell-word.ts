import { unprintable } from './unprintable.ts';

/**
 * Quotes a word, where it needs it, so that a command in a hint can be pasted into a POSIX shell. A line break and whatever else
 * cannot be printed is written in the form of `$'...'`, so that the command stays one line and shows all of it.
 */
export function shellWord(word: string): string {
  if (/^[\w@%+=:,./-]+$/u.test(word)) return word;
  return word.search(unprintable) === -1 ? `'${word.replaceAll("'", String.raw`'\''`)}'` : escaped(word);
}

function escaped(word: string): string {
  const text = word
    .replaceAll(/['\\]/gu, String.raw`\$&`)
    .replaceAll('\n', String.raw`\n`)
    .replaceAll(unprintable, octal);
  return `$'${text}'`;
}

/** Three digits for each byte: with fewer, or in hexadecimal, a digit that follows would belong to it in some shells. */
function octal(character: string): string {
  return [...Buffer.from(character, 'utf8')].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
}
