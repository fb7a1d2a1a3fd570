import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePort } from './free-port.ts';
import { onClient } from './on-client.ts';
import { provideServerBinaries } from './server-binaries.ts';

/** A real PostgreSQL server that ends with this process at the latest. */
export interface PostgresServer {
  readonly port: number;
  /** Everything it keeps on disk. */
  readonly folder: string;
  /** A URL of one of its databases, as its superuser. */
  url(database: string): string;
  /** Ends the server as `pg_ctl stop -m` does and starts it again on the same data. */
  restart(mode: 'fast' | 'immediate'): Promise<void>;
  /** Ends the server and removes all its files. */
  close(): Promise<void>;
}

/** What a server promises its transactions: `durable` where a test stops it the hard way. */
export interface ServerOptions {
  readonly writes: 'durable' | 'fast';
  /** Makes it a standby, which streams what this one writes. */
  readonly standbyOf?: PostgresServer;
}

const superuser = 'keyturn';
const startTimeoutMilliseconds = 30_000;
const run = promisify(execFile);

/**
 * The shell starts the server and waits for it; beside it a second one reads a pipe that this process holds. When this
 * process is gone, however it ended, the pipe closes: the server is stopped at once and its files are removed.
 */
const watchdog = `
folder=$1; shift
exec 3<&0
"$@" & server=$!
(cat <&3 >/dev/null; kill -QUIT $server 2>/dev/null && sleep 1 && rm -rf "$folder") &
wait $server`;

/** Makes a new server on a free port; where the tests run as root, as a user without rights. */
export async function startPostgresServer({ writes, standbyOf }: ServerOptions): Promise<PostgresServer> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-postgres-'));
  chmodSync(folder, 0o755);
  const user = unprivilegedUser();
  const binaries = provideServerBinaries(folder);
  if (user) await run('chown', ['-R', `${String(user.uid)}:${String(user.gid)}`, folder]);
  const data = join(folder, 'data');
  const options = { cwd: folder, env: { PATH: process.env['PATH'], TZ: 'UTC' }, ...user };
  if (standbyOf) {
    await copyData(standbyOf, data);
    if (user) await run('chown', ['-R', `${String(user.uid)}:${String(user.gid)}`, data]);
  } else {
    await run(
      join(binaries, 'initdb'),
      ['--pgdata', data, '-A', 'trust', '-U', superuser, '-E', 'UTF8', '--no-locale', '--no-sync'],
      options,
    );
  }
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    max_connections: 100,
    max_prepared_transactions: 10,
    fsync: writes === 'durable' ? 'on' : 'off',
    wal_level: writes === 'durable' ? 'replica' : 'logical',
    log_min_messages: 'fatal',
  };
  const assignments = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${String(value)}`]);
  const start = async (): Promise<ChildProcess> => {
    const command = [join(binaries, 'postgres'), '-D', data, ...assignments];
    const child = spawn('sh', ['-c', watchdog, 'sh', folder, ...command], {
      ...options,
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    await untilReady(port);
    return child;
  };
  let shell = await start();
  const stop = async (mode: string): Promise<void> => {
    const ended = new Promise((resolve) => shell.once('exit', resolve));
    await run(join(binaries, 'pg_ctl'), ['stop', '-D', data, '-m', mode], options);
    await ended;
    shell.stdin?.end();
  };
  return {
    port,
    folder,
    url: (database) => `postgres://${superuser}@127.0.0.1:${String(port)}/${encodeURIComponent(database)}`,
    async restart(mode) {
      await stop(mode);
      shell = await start();
    },
    async close() {
      await stop('immediate');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Copies a server's files while it runs, by the protocol for backups, and makes the copy follow it. */
function copyData(primary: PostgresServer, data: string): Promise<void> {
  return onClient(primary.url('postgres'), async (client) => {
    // The functions have other names since version 15.
    const { rows: versions } = await client.query<{ readonly isOld: boolean }>(
      `SELECT current_setting('server_version_num')::int < 150000 AS "isOld"`,
    );
    const isOld = versions[0]?.isOld === true;
    await client.query(
      `SELECT ${isOld ? "pg_start_backup('standby', true, false)" : "pg_backup_start('standby', true)"}`,
    );
    // Owner and modes stay; a file that goes meanwhile is made again from the log.
    await run('cp', ['-a', join(primary.folder, 'data'), data]).catch(() => undefined);
    const stop = isOld ? 'pg_stop_backup(false)' : 'pg_backup_stop(false)';
    const { rows } = await client.query<{ readonly labelfile: string }>(`SELECT labelfile FROM ${stop}`);
    rmSync(join(data, 'postmaster.pid'), { force: true });
    writeFileSync(join(data, 'backup_label'), rows[0]?.labelfile ?? '');
    writeFileSync(join(data, 'standby.signal'), '');
    const source = `host=127.0.0.1 port=${String(primary.port)} user=${superuser}`;
    writeFileSync(join(data, 'postgresql.auto.conf'), `primary_conninfo = '${source}'\n`);
  });
}

/** PostgreSQL refuses to run as root. */
function unprivilegedUser(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  const fields = ['postgres', 'nobody']
    .map((name) => users.find((line) => line.startsWith(`${name}:`)))
    .find((line) => line !== undefined)
    ?.split(':');
  if (!fields) throw new Error('there is neither a user "postgres" nor "nobody" to run the server as');
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}

async function untilReady(port: number): Promise<void> {
  const deadline = performance.now() + startTimeoutMilliseconds;
  for (;;) {
    const client = new Client({ host: '127.0.0.1', port, user: superuser, database: 'postgres' });
    client.on('error', () => undefined);
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (performance.now() > deadline) throw error;
      await sleep(50);
    }
  }
}
