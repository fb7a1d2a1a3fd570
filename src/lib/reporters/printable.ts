import { unprintable } from '../model/texts/unprintable.ts';

/**
 * Text that may come from a hostile database (names of tables and columns, row keys), safe for a terminal: control
 * characters, terminal escapes, changes of writing direction and line breaks show as `\u{1b}`.
 */
export function printable(text: string): string {
  return text.replaceAll(unprintable, (character) => `\\u{${character.codePointAt(0)?.toString(16) ?? ''}}`);
}
