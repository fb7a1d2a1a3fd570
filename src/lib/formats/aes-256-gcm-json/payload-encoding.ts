import { nonceBytes } from '../aead/sealed-layout.ts';
import { base64Encoding, decodeText } from '../encodings/base64.ts';
import type { CellEncoding } from '../encodings/cell-encoding.ts';
import { cellOfText, textOfCell } from '../encodings/cell-text.ts';

/** What stands between the two base64 texts, and around them. */
const beforeNonce = '{"encrypted":true,"version":"1","nonce":"';
const beforeCiphertext = '","ciphertext":"';
const afterCiphertext = '"}';
const emptyPayload = beforeNonce + beforeCiphertext + afterCiphertext;
/** As written by JSON libraries, with or without a space behind each colon and comma. */
const payloadForm =
  /^\s*\{\s*"encrypted": ?true, ?"version": ?"1", ?"nonce": ?"([A-Za-z0-9+/]{16})", ?"ciphertext": ?"([A-Za-z0-9+/]*={0,2})"\s*\}\s*$/;

/** The two base64 texts of a payload. */
interface Payload {
  readonly nonce: string;
  readonly ciphertext: string;
}

/** Nonce, ciphertext and tag as the two texts of a JSON object. */
export const payloadEncoding: CellEncoding = {
  classes: ['text', 'blob'],
  candidate: (leastBytes) => ({
    minimumLength: encodePayload(Buffer.alloc(leastBytes)).length,
    firstCharacters: '{',
  }),
  bytesAtMost: ({ length }) => length,
  decode(cell, target, at) {
    const payload = readPayload(textOfCell(cell));
    if (payload === undefined || decodeText(payload.nonce, target, at) !== nonceBytes) return undefined;
    const bytes = decodeText(payload.ciphertext, target, at + nonceBytes);
    return bytes === undefined ? undefined : nonceBytes + bytes;
  },
  isCanonical(cell) {
    const payload = readPayload(textOfCell(cell));
    return payload !== undefined && base64Encoding.isCanonical(payload.ciphertext);
  },
  lengthOf: (sealedBytes) =>
    emptyPayload.length +
    base64Encoding.lengthOf(nonceBytes) +
    base64Encoding.lengthOf(sealedBytes - nonceBytes),
  encode: (sealed, cellClass) => cellOfText(encodePayload(sealed), cellClass),
};

function encodePayload(sealed: Buffer): string {
  const nonce = sealed.toString('base64', 0, nonceBytes);
  const ciphertext = sealed.toString('base64', nonceBytes);
  return beforeNonce + nonce + beforeCiphertext + ciphertext + afterCiphertext;
}

/** Reads the usual spelling at once, and any other of the same object through the JSON parser. */
function readPayload(text: string | undefined): Payload | undefined {
  if (text === undefined) return undefined;
  const [, nonce, ciphertext] = payloadForm.exec(text) ?? [];
  return nonce === undefined || ciphertext === undefined ? parsePayload(text) : { nonce, ciphertext };
}

/** A field more would be lost when the cell is rewritten, so an object that has one is no payload. */
function parsePayload(text: string): Payload | undefined {
  if (!text.trimStart().startsWith('{') || !text.includes('"ciphertext"')) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const { encrypted, version, nonce, ciphertext, ...rest } = value as Record<string, unknown>;
  const isPayload = encrypted === true && version === '1' && Object.keys(rest).length === 0;
  return isPayload && typeof nonce === 'string' && typeof ciphertext === 'string'
    ? { nonce, ciphertext }
    : undefined;
}
