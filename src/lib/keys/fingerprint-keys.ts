import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import type { SecretKey } from './secret-key.ts';

/** What fingerprints of old values are made and sealed with. */
export interface FingerprintKeys {
  /** Of the HMAC that confirms a window. */
  readonly confirming: KeyObject;
  /** Of the cipher under which the fingerprints of a column stand in the ledger. */
  readonly sealing: KeyObject;
  /** Base of the rolling hash that finds windows; odd, 32 bits. */
  readonly rollingBase: number;
}

/**
 * Derives them from a key of the migration by HKDF-SHA256 (RFC 5869), each under its own label and for this migration
 * alone. Nothing of them is stored: who cannot open the cells cannot try guesses on the fingerprints either.
 */
export function deriveFingerprintKeys(key: SecretKey, migrationId: string): FingerprintKeys {
  const derive = (purpose: string): Uint8Array =>
    key.use(
      (bytes) =>
        new Uint8Array(hkdfSync('sha256', bytes, '', `keyturn/remains/v1/${purpose}/${migrationId}`, 32)),
    );
  const [base = 0] = new Uint32Array(derive('rolling hash').buffer);
  return {
    confirming: createSecretKey(derive('confirmation')),
    sealing: createSecretKey(derive('seal')),
    rollingBase: (base | 1) >>> 0,
  };
}
