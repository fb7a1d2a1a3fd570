import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  timingSafeEqual,
  type KeyObject,
} from 'node:crypto';

/**
 * Fernet one value at a time, in the words of its specification (https://github.com/fernet/spec): slow, plain,
 * and without a line of the code it verifies. It opens what Python's `cryptography` opens.
 */

/** What a cell turned out to be. */
export type ReferenceResult =
  | { readonly outcome: 'opened'; readonly plaintext: Buffer; readonly timestamp: bigint }
  | { readonly outcome: 'rejected' }
  | { readonly outcome: 'malformed' };

/** What Fernet otherwise takes from the clock and the random generator. */
export interface SealingChoices {
  readonly timestamp?: bigint;
  readonly iv?: Uint8Array;
}

/** Opens one cell: a token as text, or as ASCII bytes. */
export function openReference(key: Uint8Array, cell: string | Uint8Array): ReferenceResult {
  const token = decodeLikePython(cell);
  if (token?.[0] !== 0x80 || token.length < 73 || (token.length - 57) % 16 !== 0) {
    return { outcome: 'malformed' };
  }
  const message = token.subarray(0, -32);
  if (!timingSafeEqual(hmac(key, message), token.subarray(-32))) return { outcome: 'rejected' };
  try {
    const decipher = createDecipheriv('aes-128-cbc', encryptionKey(key), message.subarray(9, 25));
    const plaintext = Buffer.concat([decipher.update(message.subarray(25)), decipher.final()]);
    return { outcome: 'opened', plaintext, timestamp: message.readBigUInt64BE(1) };
  } catch {
    return { outcome: 'rejected' };
  }
}

/** Seals one plaintext into a token's text. */
export function sealReference(key: Uint8Array, plaintext: Uint8Array, choices: SealingChoices = {}): string {
  const iv = choices.iv ?? randomBytes(16);
  const cipher = createCipheriv('aes-128-cbc', encryptionKey(key), iv);
  const ciphertext = Buffer.concat([cipher.update(plaintext), cipher.final()]);
  return signReference(key, Buffer.concat([headerOf(choices.timestamp), iv, ciphertext]));
}

/** Signs any bytes as if they were a token: for tokens with a right MAC and something else wrong. */
export function signReference(key: Uint8Array, message: Uint8Array): string {
  const standard = Buffer.concat([message, hmac(key, message)]).toString('base64');
  return standard.replaceAll('+', '-').replaceAll('/', '_');
}

function headerOf(timestamp: bigint | undefined): Buffer {
  const header = Buffer.alloc(9, 0x80);
  header.writeBigUInt64BE(timestamp ?? BigInt(Math.floor(Date.now() / 1000)), 1);
  return header;
}

function encryptionKey(key: Uint8Array): KeyObject {
  return createSecretKey(key.subarray(16));
}

function hmac(key: Uint8Array, message: Uint8Array): Buffer {
  return createHmac('sha256', createSecretKey(key.subarray(0, 16)))
    .update(message)
    .digest();
}

/** Python's base64.urlsafe_b64decode; undefined where it raises an error. */
function decodeLikePython(cell: string | Uint8Array): Buffer | undefined {
  if (typeof cell === 'string' && Buffer.from(cell, 'utf8').length !== cell.length) return undefined;
  let alphabetic = '';
  let pads = 0;
  for (const character of Buffer.from(cell).toString('latin1')) {
    const place = alphabetic.length % 4;
    if (character === '=' && place >= 2) {
      pads += 1;
      if (place + pads === 4) return Buffer.from(alphabetic, 'base64');
    } else if (/[A-Za-z0-9+/_-]/.test(character)) {
      alphabetic += character;
      pads = 0;
    }
  }
  return alphabetic.length % 4 === 0 ? Buffer.from(alphabetic, 'base64') : undefined;
}
