import type { Detector } from './detector.ts';

/** Random text of an alphabet of 64 has 4.5 bits a character at this length, prose and identifiers below 4. */
const leastCharacters = 24;
const leastBitsPerCharacter = 4;

/** A text that looks as if a machine had drawn it, in a column that says it holds something secret. */
export const randomSecret: Detector = {
  finds: 'random secrets',
  fieldType: 'credential',
  evidence: 'named',
  columnNames: /token|secret|api_?key|\bkey\b|_key$|credential|otp|seed|session/u,
  detects: (text) =>
    text.length >= leastCharacters &&
    /^[\w+/=.~-]+$/u.test(text) &&
    bitsPerCharacter(text) >= leastBitsPerCharacter,
};

/** Shannon's entropy of the characters of a text. */
function bitsPerCharacter(text: string): number {
  const counts = new Map<string, number>();
  for (const character of text) counts.set(character, (counts.get(character) ?? 0) + 1);
  return [...counts.values()].reduce((bits, count) => {
    const share = count / text.length;
    return bits - share * Math.log2(share);
  }, 0);
}
