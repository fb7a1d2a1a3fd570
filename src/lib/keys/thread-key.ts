import { SecretKey } from './secret-key.ts';

/** Both keys of a migration, on their way into a thread of this process; never written, sent or printed. */
export interface ThreadKeys {
  readonly old: Uint8Array;
  readonly new: Uint8Array;
}

/** Copies two keys for a thread of this process. */
export function packThreadKeys(keys: { readonly old: SecretKey; readonly new: SecretKey }): ThreadKeys {
  return { old: keys.old.use((bytes) => bytes.slice()), new: keys.new.use((bytes) => bytes.slice()) };
}

/** Takes the keys out in the thread, and wipes the copies. */
export function unpackThreadKeys(packed: ThreadKeys): { readonly old: SecretKey; readonly new: SecretKey } {
  const keys = { old: new SecretKey(packed.old), new: new SecretKey(packed.new) };
  packed.old.fill(0);
  packed.new.fill(0);
  return keys;
}
