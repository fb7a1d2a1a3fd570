/** Characters that take two columns of a terminal: East Asian wide and full-width ones, and emoji. */
const wideCharacter =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const combiningMark = /^\p{M}$/u;

/** Columns a printable text takes on a terminal. */
export function displayWidth(text: string): number {
  let width = 0;
  for (const character of text) width += widthOf(character);
  return width;
}

/** Cuts a printable text so that it takes at most `columns` columns; a text that was cut ends in `~`. */
export function shortenText(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  let width = 1;
  let kept = '';
  for (const character of text) {
    width += widthOf(character);
    if (width > columns) break;
    kept += character;
  }
  return `${kept}~`;
}

function widthOf(character: string): number {
  if (combiningMark.test(character)) return 0;
  return wideCharacter.test(character) ? 2 : 1;
}
