import { createCipheriv, createDecipheriv, createHmac, randomBytes } from 'node:crypto';
import type { FingerprintKeys } from '../keys/fingerprint-keys.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import { createRollingHash } from './rolling-hash.ts';

/** What is remembered of one window: how to find it, and how to be sure. */
export interface Fingerprint {
  /** A signed 32-bit integer; see RollingHash. */
  readonly rollingHash: number;
  /** The first 16 bytes of the window's HMAC-SHA256, as hexadecimal. */
  readonly confirmation: string;
}

const confirmationBytes = 16;
const fingerprintBytes = 4 + confirmationBytes;
const nonceBytes = 12;
const tagBytes = 16;

/** Confirms a window: nobody without the key can tell what it is, or try a guess. */
export function confirm({ confirming }: FingerprintKeys, window: Uint8Array): string {
  return createHmac('sha256', confirming)
    .update(window)
    .digest('hex')
    .slice(0, 2 * confirmationBytes);
}

/** The fingerprints of windows of one length. */
export function fingerprintWindows(
  keys: FingerprintKeys,
  windows: readonly Uint8Array[],
): readonly Fingerprint[] {
  const hash = createRollingHash(windows[0]?.length ?? 0, keys.rollingBase);
  return windows.map((window) => ({
    rollingHash: hash.at(window, 0),
    confirmation: confirm(keys, window),
  }));
}

/** Seals fingerprints with AES-256-GCM, bound to `place`: not even the rolling hashes can be tried on guesses. */
export function sealFingerprints(
  { sealing }: FingerprintKeys,
  fingerprints: readonly Fingerprint[],
  place: string,
): Uint8Array {
  const plain = Buffer.alloc(fingerprints.length * fingerprintBytes);
  fingerprints.forEach(({ rollingHash, confirmation }, index) => {
    plain.writeInt32BE(rollingHash, index * fingerprintBytes);
    plain.write(confirmation, index * fingerprintBytes + 4, 'hex');
  });
  const nonce = randomBytes(nonceBytes);
  const cipher = createCipheriv('aes-256-gcm', sealing, nonce, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(place));
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** Opens sealed fingerprints. Throws `KT_LEDGER_ALTERED` (exit 14) where they were not sealed for this place by this key. */
export function openFingerprints(
  { sealing }: FingerprintKeys,
  sealed: Uint8Array,
  place: string,
): readonly Fingerprint[] {
  const decipher = createDecipheriv('aes-256-gcm', sealing, sealed.subarray(0, nonceBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(place));
  decipher.setAuthTag(sealed.subarray(-tagBytes));
  const opened = decipher.update(sealed.subarray(nonceBytes, -tagBytes));
  try {
    decipher.final();
  } catch (error) {
    throw altered(place, error);
  }
  return Array.from({ length: opened.length / fingerprintBytes }, (_, index) => {
    const start = index * fingerprintBytes;
    return {
      rollingHash: opened.readInt32BE(start),
      confirmation: opened.toString('hex', start + 4, start + fingerprintBytes),
    };
  });
}

function altered(place: string, cause: unknown): KeyturnError {
  return new KeyturnError({
    code: 'KT_LEDGER_ALTERED',
    reason: 'verificationFailed',
    message: `the fingerprints of ${place} in the ledger were changed since they were taken`,
    hints: ['keyturn audit verify'],
    cause,
  });
}
