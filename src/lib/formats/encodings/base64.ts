import type { CellEncoding } from './cell-encoding.ts';
import { cellOfText, textOfCell } from './cell-text.ts';

/** One of the two alphabets of RFC 4648. */
interface Base64Alphabet {
  readonly name: 'base64' | 'base64url';
  readonly canonical: RegExp;
}

/** Base64 of RFC 4648 with its padding, which is not asked for where a cell is read. */
export const base64Encoding = createBase64({ name: 'base64', canonical: /^[A-Za-z0-9+/]*={0,2}$/ });

/** Text that consists of base64url alone, with or without padding. */
export const base64urlCanonical = /^[\w-]*={0,2}$/;

/** Base64url of RFC 4648 with its padding, which is not asked for where a cell is read. */
export const base64urlEncoding = createBase64({ name: 'base64url', canonical: base64urlCanonical });

/** The last characters that leave no stray bits before `=` and before `==`. */
const beforeOnePad = 'AEIMQUYcgkosw048';
const beforeTwoPads = 'AQgw';
const equalsSign = 0x3d;

function createBase64({ name, canonical }: Base64Alphabet): CellEncoding {
  return {
    classes: ['text', 'blob'],
    candidate: (leastBytes) => ({ minimumLength: Math.ceil((leastBytes * 4) / 3), firstCharacters: null }),
    bytesAtMost: ({ length }) => Math.floor((length * 3) / 4),
    decode(cell, target, at) {
      const text = textOfCell(cell);
      if (text === undefined) return undefined;
      return decodeText(text, target, at) ?? decodeText(text.trim(), target, at);
    },
    isCanonical(cell) {
      const text = textOfCell(cell);
      return text !== undefined && text.length % 4 === 0 && canonical.test(text) && hasNoStrayBits(text);
    },
    lengthOf: (sealedBytes) => 4 * Math.ceil(sealedBytes / 3),
    encode(sealed, cellClass) {
      const padding = '=='.slice((sealed.length + 2) % 3);
      const text = sealed.toString(name);
      return cellOfText(name === 'base64' ? text : text + padding, cellClass);
    },
  };
}

/** Decodes base64 in either alphabet; undefined where a character does not belong to it. */
export function decodeText(text: string, target: Buffer, at: number): number | undefined {
  const digits = text.length - paddingOf(text);
  if (digits % 4 === 1 || (digits < text.length && text.length % 4 !== 0)) return undefined;
  const bytes = Math.floor((digits * 3) / 4);
  // Node passes over what it does not know: the number of bytes shows that there was nothing of the kind.
  return target.write(text, at, bytes, 'base64') === bytes ? bytes : undefined;
}

function paddingOf(text: string): number {
  if (text.charCodeAt(text.length - 1) !== equalsSign) return 0;
  return text.charCodeAt(text.length - 2) === equalsSign ? 2 : 1;
}

function hasNoStrayBits(text: string): boolean {
  const padding = paddingOf(text);
  const last = text.charAt(text.length - padding - 1);
  return padding === 0 || (padding === 1 ? beforeOnePad : beforeTwoPads).includes(last);
}
