import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { encodeKey } from './token-sealer.ts';

/** The keys of a rotation, as a script and as a user has them. */
export interface BenchmarkKeys {
  readonly oldKey: Buffer;
  readonly newKey: Buffer;
  readonly oldKeyFile: string;
  readonly newKeyFile: string;
}

/** Makes two keys, also as files in a folder. */
export function makeKeys(folder: string): BenchmarkKeys {
  const [oldKey, newKey] = [randomBytes(32), randomBytes(32)];
  return {
    oldKey,
    newKey,
    oldKeyFile: writeKeyFile(join(folder, 'old.key'), encodeKey(oldKey)),
    newKeyFile: writeKeyFile(join(folder, 'new.key'), encodeKey(newKey)),
  };
}

/** Writes a key as `keys generate` would; returns the path. */
export function writeKeyFile(path: string, key: string): string {
  writeFileSync(path, key, { mode: 0o600 });
  return path;
}
