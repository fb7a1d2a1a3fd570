/** Most characters of a shape. */
const longestShape = 32;

/** The shape of a text without what it says: every letter an `x`, every digit a `9`; at most 32 characters. */
export function maskText(text: string): string {
  const shape = text
    .slice(0, longestShape)
    .replace(/\p{L}/gu, 'x')
    .replace(/\p{N}/gu, '9')
    .replace(/[^x9@.+\-_ ()/:,;{}[\]"]/gu, '?');
  return text.length > longestShape ? `${shape}...` : shape;
}
