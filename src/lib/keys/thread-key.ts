import type { MigrationKeys } from './migration-keys.ts';
import { SecretKey } from './secret-key.ts';

/** The keys of a migration, on their way into a thread of this process; never written, sent or printed. */
export interface ThreadKeys {
  readonly old: Uint8Array | null;
  readonly new: Uint8Array | null;
  readonly indexes: readonly Uint8Array[];
}

/** Copies keys for a thread of this process. */
export function packThreadKeys(keys: MigrationKeys): ThreadKeys {
  return {
    old: keys.old && pack(keys.old),
    new: keys.new && pack(keys.new),
    indexes: (keys.indexes ?? []).map(pack),
  };
}

function pack(key: SecretKey): Uint8Array {
  return key.use((bytes) => bytes.slice());
}

/** Takes the keys out in the thread, and wipes the copies. */
export function unpackThreadKeys(packed: ThreadKeys): MigrationKeys {
  const keys = {
    old: packed.old && new SecretKey(packed.old),
    new: packed.new && new SecretKey(packed.new),
    indexes: packed.indexes.map((bytes) => new SecretKey(bytes)),
  };
  wipeThreadKeys(packed);
  return keys;
}

/** Overwrites the copies. */
export function wipeThreadKeys(packed: ThreadKeys): void {
  packed.old?.fill(0);
  packed.new?.fill(0);
  for (const bytes of packed.indexes) bytes.fill(0);
}
