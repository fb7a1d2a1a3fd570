import { SecretKey } from './secret-key.ts';

/** Both keys of a migration, on their way into a thread of this process; never written, sent or printed. */
export interface ThreadKeys {
  readonly old: Uint8Array | null;
  readonly new: Uint8Array | null;
}

/** Keys that a thread may need; `null` where cells are plaintext. */
interface MigrationKeys {
  readonly old: SecretKey | null;
  readonly new: SecretKey | null;
}

/** Copies two keys for a thread of this process. */
export function packThreadKeys(keys: MigrationKeys): ThreadKeys {
  return { old: pack(keys.old), new: pack(keys.new) };
}

function pack(key: SecretKey | null): Uint8Array | null {
  return key?.use((bytes) => bytes.slice()) ?? null;
}

/** Takes the keys out in the thread, and wipes the copies. */
export function unpackThreadKeys(packed: ThreadKeys): MigrationKeys {
  const keys = { old: unpack(packed.old), new: unpack(packed.new) };
  wipeThreadKeys(packed);
  return keys;
}

function unpack(bytes: Uint8Array | null): SecretKey | null {
  return bytes && new SecretKey(bytes);
}

/** Overwrites the copies. */
export function wipeThreadKeys(packed: ThreadKeys): void {
  packed.old?.fill(0);
  packed.new?.fill(0);
}
