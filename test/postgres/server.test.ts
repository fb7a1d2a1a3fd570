import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { startPostgresServer } from '../support/postgres/postgres-server.ts';

const script = join(import.meta.dirname, '../support/postgres/abandon-server.ts');

test('a test that is killed leaves no server and no file behind', async () => {
  const output = await new Promise<string>((resolve) => {
    execFile(process.execPath, [script], (_error, stdout) => {
      resolve(stdout);
    });
  });
  const { port, folder } = JSON.parse(output) as { port: number; folder: string };
  await vi.waitFor(
    async () => {
      expect(await accepts(port)).toBe(false);
      expect(existsSync(folder)).toBe(false);
    },
    { timeout: 60_000, interval: 100 },
  );
});

test('a server that is stopped at once comes back with its data, and is gone when it is closed', async () => {
  const server = await startPostgresServer({ writes: 'durable' });
  await server.restart('immediate');
  expect(await accepts(server.port)).toBe(true);
  await server.close();
  expect(await accepts(server.port)).toBe(false);
  expect(existsSync(server.folder)).toBe(false);
});

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
