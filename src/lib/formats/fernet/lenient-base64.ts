/**
 * Base64 as Python reads it: `base64.urlsafe_b64decode` of CPython 3, whose leniency decides what the
 * application that wrote a token can open, and so what must be rotated. In this order: either alphabet;
 * `=` ends the data where the quad has at least two characters and the padding completes it, and counts for
 * nothing elsewhere; any other character is passed over; data that stops in the middle of a quad is refused.
 */

const base64Alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const noSextet = 64;
const padSign = 65;
const outsideAscii = /[\u0080-\uffff]/;
/** What each character code stands for. */
const sextetOfByte = sextetsByCode();

function sextetsByCode(): Uint8Array {
  const sextets = new Uint8Array(256).fill(noSextet);
  for (let sextet = 0; sextet < base64Alphabet.length; sextet += 1) {
    sextets[base64Alphabet.charCodeAt(sextet)] = sextet;
  }
  sextets['-'.charCodeAt(0)] = base64Alphabet.indexOf('+');
  sextets['_'.charCodeAt(0)] = base64Alphabet.indexOf('/');
  sextets['='.charCodeAt(0)] = padSign;
  return sextets;
}

/** Python refuses a text that is not ASCII before it decodes anything; in bytes it passes over the rest. */
export function isAscii(text: string): boolean {
  return !outsideAscii.test(text);
}

/** The sextet that comes first when `text` is read leniently, or undefined where there is none. */
export function firstSextet(text: string): number | undefined {
  for (let at = 0; at < text.length; at += 1) {
    const sextet = sextetOfByte[text.charCodeAt(at)] ?? noSextet;
    if (sextet < noSextet) return sextet;
  }
  return undefined;
}

/** Whether data stands behind the padding at which Python stops to read, and which it passes over. */
export function goesOnBehindPadding(text: string): boolean {
  let inQuad = 0;
  let pads = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sextet = sextetOfByte[text.charCodeAt(at)] ?? noSextet;
    if (sextet === padSign) {
      pads += 1;
      if (inQuad >= 2 && inQuad + pads >= 4) return firstSextet(text.slice(at + 1)) !== undefined;
    } else if (sextet < noSextet) {
      pads = 0;
      inQuad = (inQuad + 1) % 4;
    }
  }
  return false;
}

/** The most that so many characters can decode to. */
export function decodedBytesAtMost(characters: number): number {
  return (characters * 3) >>> 2;
}

/** Decodes `text`, in characters up to 0xff, into `target`; the length written, or undefined where refused. */
export function decodeLenient(text: string, target: Uint8Array): number | undefined {
  let written = 0;
  let inQuad = 0;
  let pads = 0;
  let bits = 0;
  for (let at = 0; at < text.length; at += 1) {
    const sextet = sextetOfByte[text.charCodeAt(at)] ?? noSextet;
    if (sextet === padSign) {
      pads += 1;
      if (inQuad >= 2 && inQuad + pads >= 4) return written;
    } else if (sextet < noSextet) {
      pads = 0;
      bits = ((bits << 6) | sextet) & 0xffff;
      if (inQuad > 0) {
        target[written] = bits >> (6 - 2 * inQuad);
        written += 1;
      }
      inQuad = (inQuad + 1) % 4;
    }
  }
  return inQuad === 0 ? written : undefined;
}
