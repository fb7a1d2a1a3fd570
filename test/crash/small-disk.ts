import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A disk of a few mebibytes that a test can fill. */
export interface SmallDisk {
  readonly folder: string;
  /** Makes room. */
  enlarge(): void;
  remove(): void;
}

/** Mounts one in memory; `undefined` where this user may not mount. */
export function mountSmallDisk(kibibytes: number): SmallDisk | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-disk-'));
  const run = (command: string, ...words: readonly string[]): boolean =>
    spawnSync(command, words, { stdio: 'ignore' }).status === 0;
  if (!run('mount', '-t', 'tmpfs', '-o', `size=${kibibytes}k`, 'tmpfs', folder)) {
    rmdirSync(folder);
    return undefined;
  }
  return {
    folder,
    enlarge: () => run('mount', '-o', 'remount,size=64m', folder),
    remove() {
      run('umount', folder);
      rmdirSync(folder);
    },
  };
}
