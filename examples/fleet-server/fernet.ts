import {
  createCipheriv,
  createDecipheriv,
  createHmac,
  createSecretKey,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';

/** Fernet as the fleet server's own library does it, one value at a time: no line of keyturn is in it. */
export interface Fernet {
  /** Seals a text at a time in seconds since 1970. */
  seal(plaintext: string, time: number): string;
  /** The text of a token; undefined where this key did not make it. */
  open(token: string): string | undefined;
}

/** A new key, as `Fernet.generate_key` of Python's `cryptography` prints it. */
export function generateKey(): string {
  return toText(randomBytes(32));
}

/** Fernet under a key of 44 characters (https://github.com/fernet/spec). */
export function createFernet(keyText: string): Fernet {
  const key = Buffer.from(keyText, 'base64url');
  const signingKey = createSecretKey(key.subarray(0, 16));
  const encryptionKey = createSecretKey(key.subarray(16));
  const sign = (message: Uint8Array): Buffer => createHmac('sha256', signingKey).update(message).digest();
  return {
    seal(plaintext, time) {
      const iv = randomBytes(16);
      const cipher = createCipheriv('aes-128-cbc', encryptionKey, iv);
      const header = Buffer.alloc(9, 0x80);
      header.writeBigUInt64BE(BigInt(time), 1);
      const message = Buffer.concat([header, iv, cipher.update(plaintext, 'utf8'), cipher.final()]);
      return toText(Buffer.concat([message, sign(message)]));
    },
    open(token) {
      const bytes = Buffer.from(token, 'base64url');
      if (bytes[0] !== 0x80 || bytes.length < 73) return undefined;
      const message = bytes.subarray(0, -32);
      if (!timingSafeEqual(sign(message), bytes.subarray(-32))) return undefined;
      const decipher = createDecipheriv('aes-128-cbc', encryptionKey, message.subarray(9, 25));
      return decipher.update(message.subarray(25), undefined, 'utf8') + decipher.final('utf8');
    },
  };
}

/** Base64url with padding. */
function toText(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
