import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RawFile } from '../../../../model/databases/raw-file.ts';
import { openLocalFile } from '../../../local-file.ts';
import type { OutOfReach } from '../../../scrubber.ts';
import type { PostgresSession } from '../../connection/session.ts';
import { isFolderOf, type IdentityFiles } from '../server-identity.ts';
import { readingGrant, type ReadingWay } from './reading-way.ts';
import { listRelations } from './relations.ts';

/**
 * The files of every relation of the database and of the write-ahead log, where the server runs on this machine and this
 * user may read them.
 */
export const localFiles: ReadingWay = {
  async reach(lane) {
    const folder = await lane.run(readableDataFolder);
    if (folder === null) return null;
    const tables: RawFile[] = [];
    for (const { name, path, kind } of await lane.run((session) =>
      listRelations(session, 'lasting and temporary'),
    )) {
      const segments = await segmentsOf(join(folder, path));
      tables.push(...segments.map((file) => ({ ...file, kind, owner: name })));
    }
    const log = await listLog(join(folder, 'pg_wal'));
    return {
      means: 'local files',
      files: [...tables, ...log],
      unread: log.length === 0 ? [unreadableLog] : [],
      open: ({ path }) => openLocalFile(path),
    };
  },
};

const unreadableLog: OutOfReach = {
  place: 'the write-ahead log: this user may not read its files',
  command: `run keyturn scrub --check as the operating system user of the server, or ${readingGrant}`,
};

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
