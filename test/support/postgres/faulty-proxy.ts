import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Between a client and the server; cuts connections at chosen instants. */
export interface FaultyProxy {
  /** The server's URL, through the proxy. */
  readonly url: string;
  /** How many connections were cut. */
  cuts(): number;
}

/** When a COMMIT is cut off: before the server hears of it, or before the client hears that it was done. */
export type CutCommits = readonly ('before' | 'after' | 'not at all')[];

/** Lets connections through, and cuts them at their COMMITs, for each in turn as the list says, over and over. */
export async function startFaultyProxy(serverUrl: string, commits: CutCommits): Promise<FaultyProxy> {
  const target = new URL(serverUrl);
  let seen = 0;
  let cut = 0;
  const sockets = new Set<Socket>();
  // Without it each answer waits for 40 ms to be acknowledged.
  const noDelay = true;
  const server = createServer({ noDelay }, (client) => {
    const upstream = connect({ port: Number(target.port), host: target.hostname, noDelay });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    const drop = (): void => {
      cut += 1;
      client.destroy();
      upstream.destroy();
    };
    let isMute = false;
    client.on('data', (bytes) => {
      const isCommit = bytes.toString('latin1').includes('COMMIT\0');
      const fate = isCommit ? commits[seen++ % commits.length] : 'not at all';
      if (fate === 'before') {
        drop();
        return;
      }
      isMute = fate === 'after';
      upstream.write(bytes);
    });
    upstream.on('data', (bytes) => {
      if (isMute) drop();
      else client.write(bytes);
    });
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = new URL(serverUrl);
  url.port = String((server.address() as AddressInfo).port);
  return { url: url.href, cuts: () => cut };
}
