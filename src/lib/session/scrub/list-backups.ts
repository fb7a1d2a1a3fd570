import { readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import type { TargetDatabase } from '../../databases/target-database.ts';

/** A copy that keyturn has made of a database before a migration: its cells are what they were. */
export interface BackupFile {
  readonly path: string;
  readonly bytes: number;
}

/** Backups that are still where a migration put them, or beside the database. */
export async function listBackups({ ledger, identity }: TargetDatabase): Promise<readonly BackupFile[]> {
  if (identity.kind !== 'sqlite') return [];
  const recorded = (await ledger.listMigrations()).flatMap(({ backup }) => backup ?? []);
  const beside = await listBeside(identity.location);
  const files = await Promise.all(
    [...new Set([...recorded, ...beside])].sort().map(async (path) => {
      const file = await stat(path).catch(() => undefined);
      return file === undefined ? [] : [{ path, bytes: file.size }];
    }),
  );
  return files.flat();
}

/** Those that an interrupted backup has begun, too. */
async function listBeside(location: string): Promise<readonly string[]> {
  const folder = dirname(location);
  const prefix = `${basename(location)}.keyturn-`;
  const names = await readdir(folder).catch((): readonly string[] => []);
  return names
    .filter((name) => name.startsWith(prefix) && /\.backup(?:\.partial)?$/u.test(name))
    .map((name) => join(folder, name));
}

/** Deletes every copy that is listed. */
export async function deleteBackups(database: TargetDatabase): Promise<void> {
  for (const { path } of await listBackups(database)) await rm(path, { force: true });
}
