import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { freePort } from './free-port.ts';

/** Whether PgBouncer is installed here (Debian: `apt-get install pgbouncer`). */
export const isPgbouncerAtHand = spawnSync('pgbouncer', ['--version']).status === 0;

/** Starts a real PgBouncer before a database and returns its URL through it; it ends with the test. */
export async function startPgbouncer(databaseUrl: string, mode: 'session' | 'transaction'): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-pgbouncer-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const { hostname, port: serverPort, username, pathname } = new URL(databaseUrl);
  const file = join(folder, 'pgbouncer.ini');
  writeFileSync(
    file,
    `[databases]
${pathname.slice(1)} = host=${hostname} port=${serverPort} user=${username}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = ${String(port)}
auth_type = any
unix_socket_dir =
pool_mode = ${mode}
ignore_startup_parameters = extra_float_digits
`,
    { mode: 0o644 },
  );
  const user = process.getuid?.() === 0 ? ['-u', 'nobody'] : [];
  const child = spawn('pgbouncer', [...user, file], { stdio: ['ignore', 'ignore', 'pipe'] });
  onTestFinished(() => {
    child.kill('SIGKILL');
    rmSync(folder, { recursive: true });
  });
  let log = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', (text: Buffer) => {
      log += text.toString();
      if (log.includes('process up')) resolve();
    });
    child.once('exit', () => {
      reject(new Error(`pgbouncer ended: ${log}`));
    });
  });
  const url = new URL(databaseUrl);
  url.port = String(port);
  return url.href;
}
