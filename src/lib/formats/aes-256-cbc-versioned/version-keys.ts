import { createSecretKey, pbkdf2Sync, type KeyObject } from 'node:crypto';
import type { SecretKey } from '../../keys/secret-key.ts';

const iterations = 100_000;
const keyBytes = 32;
/** Deriving a key takes 20 ms: cells that name ever other versions must not make a run take for ever. */
const mostVersions = 200;

/**
 * PBKDF2-HMAC-SHA256 of the master string, with the salt `pratikoai_v` and the version; each version once. Undefined
 * behind more versions than any system has.
 */
export function createVersionKeys(master: SecretKey): (version: string) => KeyObject | undefined {
  const known = new Map<string, KeyObject>();
  return (version) => {
    const found = known.get(version);
    if (found) return found;
    if (known.size >= mostVersions) return undefined;
    const key = master.use((bytes) => deriveKey(bytes, version));
    known.set(version, key);
    return key;
  };
}

function deriveKey(master: Uint8Array, version: string): KeyObject {
  const bytes = pbkdf2Sync(master, `pratikoai_v${version}`, iterations, keyBytes, 'sha256');
  try {
    return createSecretKey(bytes);
  } finally {
    bytes.fill(0);
  }
}
