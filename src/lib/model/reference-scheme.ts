/**
 * The scheme of a key reference, `-` for standard input; undefined where the text is a key itself. No text of a key in
 * base64 or hexadecimal has a colon, so a colon after a word is always meant as a scheme.
 */
export function schemeOf(reference: string): string | undefined {
  if (reference === '-' || /^-\?(?:enc|derive)=/.test(reference)) return '-';
  return /^([a-z][a-z0-9+.-]*):/i.exec(reference)?.[1];
}
