/** How paths begin; only one in 64 keys in standard base64 does, and it ends in padding, as paths do not. */
const beginsLikeAPath = /^(?:\.{1,2}|~)?\//;
const keyThatBeginsWithASlash = /^\/[\w+/-]{42}=$/;
const hexadecimalKey = /[0-9a-f]{32}/i;
const longRun = /[\w+/=-]{20,}/g;
const fewestLettersAndDigits = 16;
/** Random text changes between lower case, upper case and digits at 62% of its characters, names seldom at a third. */
const changesOfRandomText = 0.34;

/**
 * Tells whether a name or path is more likely a key itself, whole or damaged, as when the shell expands `env:$OLD_KEY`.
 * Such text is refused without being repeated. A path that begins with `./` is always taken for a path.
 */
export function isKeyShaped(text: string): boolean {
  if (beginsLikeAPath.test(text)) return keyThatBeginsWithASlash.test(text);
  const runs = text.match(longRun) ?? [];
  return hexadecimalKey.test(text) || runs.some(looksRandom);
}

function looksRandom(run: string): boolean {
  const characters = run.replaceAll(/[^A-Za-z\d]/g, '');
  const changes = characters.match(/[a-z](?=[A-Z\d])|[A-Z](?=[a-z\d])|\d(?=[A-Za-z])/g)?.length ?? 0;
  const hasEveryKind = [/[A-Z]/, /[a-z]/, /\d/].every((kind) => kind.test(characters));
  const isLong = characters.length >= fewestLettersAndDigits;
  return isLong && hasEveryKind && changes >= characters.length * changesOfRandomText;
}
