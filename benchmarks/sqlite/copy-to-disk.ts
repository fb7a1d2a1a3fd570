import { closeSync, copyFileSync, fsyncSync, openSync } from 'node:fs';

/**
 * Copies a database and waits until it is on the disk: otherwise the first one to wait for the disk waits for the whole copy as
 * well, as long for a small table as for a large one.
 */
export function copyToDisk(template: string, copy: string): void {
  copyFileSync(template, copy);
  const file = openSync(copy, 'r+');
  fsyncSync(file);
  closeSync(file);
}
