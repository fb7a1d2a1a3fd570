import { stat, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { KeyturnError } from '../../../model/keyturn-error.ts';
import { byteText } from '../../../model/texts/byte-text.ts';
import { shellWord } from '../../../model/texts/shell-word.ts';

/** Where SQLite puts its temporary files, in the order in which it looks (https://sqlite.org/tempfiles.html). */
async function temporaryFolder(): Promise<string> {
  const { SQLITE_TMPDIR, TMPDIR } = process.env;
  for (const folder of [SQLITE_TMPDIR, TMPDIR, '/var/tmp', '/usr/tmp', '/tmp']) {
    if (folder !== undefined && (await stat(folder).catch(() => undefined))?.isDirectory() === true)
      return folder;
  }
  return '.';
}

/**
 * VACUUM writes the content once into a temporary file and once into the journal or the log. Throws `KT_DISK_FULL`
 * where there is no room for that.
 */
export async function refuseWithoutRoom(location: string, bytes: number): Promise<void> {
  const folders = { database: dirname(location), temporary: await temporaryFolder() };
  const [beside, apart] = await Promise.all([stat(folders.database), stat(folders.temporary)]);
  const needs =
    beside.dev === apart.dev
      ? [{ folder: folders.database, bytes: 2 * bytes }]
      : [
          { folder: folders.database, bytes },
          { folder: folders.temporary, bytes },
        ];
  for (const need of needs) {
    const { bavail, bsize } = await statfs(need.folder);
    if (bavail * bsize < need.bytes) throw noRoom(location, need, bavail * bsize);
  }
}

function noRoom(
  location: string,
  { folder, bytes }: { readonly folder: string; readonly bytes: number },
  free: number,
): KeyturnError {
  return new KeyturnError({
    code: 'KT_DISK_FULL',
    reason: 'temporaryFailure',
    message: `rewriting "${location}" needs ${byteText(bytes)} in "${folder}" for a while, and ${byteText(free)} are free; nothing was changed`,
    hints: [
      `df -h ${shellWord(folder)}`,
      'let SQLite put its temporary file elsewhere: SQLITE_TMPDIR=/path keyturn scrub',
    ],
  });
}
