/** How paths begin; only one in 64 keys in standard base64 does, and it ends in padding, as paths do not. */
const BEGINS_LIKE_A_PATH = /^(?:\.{1,2}|~)?\//;
const KEY_THAT_BEGINS_WITH_A_SLASH = /^\/[\w+/-]{42}=$/;
const HEXADECIMAL_KEY = /[0-9a-f]{32}/i;
const LONG_RUN = /[\w+/=-]{20,}/g;
const FEWEST_LETTERS_AND_DIGITS = 16;
/** Random text changes between lower case, upper case and digits at 62% of its characters, names seldom at a third. */
const CHANGES_OF_RANDOM_TEXT = 0.34;

/**
 * Tells whether a name or path is more likely a key itself, whole or damaged, as when the shell expands `env:$OLD_KEY`.
 * Such text is refused without being repeated. A path that begins with `./` is always taken for a path.
 */
export function isKeyShaped(text: string): boolean {
  if (BEGINS_LIKE_A_PATH.test(text)) {
    return KEY_THAT_BEGINS_WITH_A_SLASH.test(text);
  }
  const runs = text.match(LONG_RUN) ?? [];
  return HEXADECIMAL_KEY.test(text) || runs.some(looksRandom);
}

function looksRandom(run: string): boolean {
  const characters = run.replaceAll(/[^A-Za-z\d]/g, '');
  const changes = characters.match(/[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[A-Za-z])/g)?.length ?? 0;
  const hasEveryKind = [/[A-Z]/, /[a-z]/, /\d/].every((kind) => kind.test(characters));
  const isLong = characters.length >= FEWEST_LETTERS_AND_DIGITS;
  return isLong && hasEveryKind && changes >= characters.length * CHANGES_OF_RANDOM_TEXT;
}
