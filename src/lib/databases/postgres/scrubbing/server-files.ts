import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawFile } from '../../../model/raw-file.ts';
import type { PostgresSession } from '../session.ts';
import { isFolderOf, type IdentityFiles } from './server-identity.ts';

/**
 * The files of every relation of the database and of the write-ahead log, where the server runs on this machine and this
 * user may read them; else none. Notes in `names` whose file each one is.
 */
export async function listServerFiles(
  session: PostgresSession,
  names: Map<string, string>,
): Promise<readonly RawFile[]> {
  const folder = await readableDataFolder(session);
  if (folder === null) return [];
  const relations = await session.query({
    text: `SELECT oid::regclass::text, pg_relation_filepath(oid), relnamespace = 'pg_catalog'::regnamespace
           FROM pg_class WHERE pg_relation_filepath(oid) IS NOT NULL`,
  });
  const files: RawFile[] = [];
  for (const [name, path, isOfCatalogue] of relations.rows) {
    for (const file of await segmentsOf(join(folder, path ?? ''))) {
      names.set(file.path, name ?? '');
      files.push({ ...file, kind: isOfCatalogue === 't' ? 'statistics' : 'table' });
    }
  }
  return [...files, ...(await listLog(join(folder, 'pg_wal')))];
}

/** Only few users may ask where the data is, and it may be on another machine. */
async function readableDataFolder(session: PostgresSession): Promise<string | null> {
  const { rows } = await session.query({
    text: `SELECT setting, extract(epoch FROM pg_postmaster_start_time())::int8,
                  current_setting('port'), system_identifier
           FROM pg_settings, pg_control_system() WHERE name = 'data_directory'`,
  });
  const [folder, startedAt, port, system] = rows[0] ?? [];
  if (folder === null || folder === undefined) return null;
  const server = { startedAt: Number(startedAt), port: port ?? '', system: BigInt(system ?? 0) };
  return isFolderOf(server, await readIdentityFiles(folder)) ? folder : null;
}

/** What a data folder says of its server; empty where it cannot be read. */
async function readIdentityFiles(folder: string): Promise<IdentityFiles> {
  const control = await readFile(join(folder, 'global', 'pg_control')).catch(() => Buffer.alloc(0));
  const postmaster = await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '');
  return { control, postmaster };
}

/** A relation of more than 1 GiB has several files: `16384`, `16384.1`, ... */
async function segmentsOf(first: string): Promise<readonly Pick<RawFile, 'path' | 'bytes'>[]> {
  const found: Pick<RawFile, 'path' | 'bytes'>[] = [];
  for (let segment = 0; ; segment += 1) {
    const path = segment === 0 ? first : `${first}.${String(segment)}`;
    const file = await stat(path).catch(() => undefined);
    if (file === undefined) return found;
    if (file.size > 0) found.push({ path, bytes: file.size });
  }
}

async function listLog(folder: string): Promise<readonly RawFile[]> {
  const names = await readdir(folder).catch((): readonly string[] => []);
  const segments = await Promise.all(
    names.filter((name) => /^[\dA-F]{24}$/u.test(name)).map((name) => segmentsOf(join(folder, name))),
  );
  return segments.flat().map((file) => ({ ...file, kind: 'log' }));
}
