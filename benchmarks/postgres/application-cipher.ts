import { createCipheriv, createDecipheriv, createSecretKey, randomFillSync } from 'node:crypto';

/** How an application keeps values. */
export interface ApplicationCipher {
  seal(text: string): string;
  /** Throws where the cell is under another key. */
  open(cell: string): string;
}

const [ivBytes, tagBytes] = [12, 16];
const ivsAtATime = 256;

/**
 * What an application writes that encrypts one value at a time, without keyturn: cells of `aes-256-gcm:encoding=base64`. It makes a key
 * object once and takes random bytes for many values at a time, which is what a value costs least with.
 */
export function createApplicationCipher(key: Uint8Array): ApplicationCipher {
  const secret = createSecretKey(key);
  const options = { authTagLength: tagBytes };
  const takeIv = createIvSource();
  return {
    seal(text) {
      const iv = takeIv();
      const cipher = createCipheriv('aes-256-gcm', secret, iv, options);
      const sealed = [iv, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
      return Buffer.concat(sealed).toString('base64');
    },
    open(cell) {
      const bytes = Buffer.from(cell, 'base64');
      const decipher = createDecipheriv('aes-256-gcm', secret, bytes.subarray(0, ivBytes), options);
      decipher.setAuthTag(bytes.subarray(-tagBytes));
      const text = decipher.update(bytes.subarray(ivBytes, -tagBytes), undefined, 'utf8');
      return text + decipher.final('utf8');
    },
  };
}

function createIvSource(): () => Uint8Array {
  const pool = Buffer.alloc(ivBytes * ivsAtATime);
  let taken = pool.length;
  return () => {
    if (taken === pool.length) {
      randomFillSync(pool);
      taken = 0;
    }
    taken += ivBytes;
    return pool.subarray(taken - ivBytes, taken);
  };
}
