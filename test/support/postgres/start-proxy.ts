import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { onTestFinished } from 'vitest';

/** Both ends of a connection that goes through a proxy. */
export interface ProxiedConnection {
  readonly client: Socket;
  readonly server: Socket;
}

/** What becomes of the bytes that come from either end of one connection: nothing is sent on by itself. */
export interface Passage {
  fromClient(bytes: Buffer): void;
  fromServer(bytes: Buffer): void;
}

/** Starts a proxy before a server, which ends with the test; returns the server's URL through it. */
export async function startProxy(
  serverUrl: string,
  open: (connection: ProxiedConnection) => Passage,
): Promise<string> {
  const target = new URL(serverUrl);
  const sockets = new Set<Socket>();
  // Without it each answer waits for 40 ms to be acknowledged.
  const noDelay = true;
  const proxy = createServer({ noDelay }, (client) => {
    const server = connect({ port: Number(target.port), host: target.hostname, noDelay });
    for (const socket of [client, server]) {
      sockets.add(socket);
      socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    }
    const passage = open({ client, server });
    client.on('data', (bytes) => {
      passage.fromClient(bytes);
    });
    server.on('data', (bytes) => {
      passage.fromServer(bytes);
    });
    client.on('close', () => server.destroy());
    server.on('close', () => client.destroy());
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
  });
  const url = new URL(serverUrl);
  url.port = String((proxy.address() as AddressInfo).port);
  return url.href;
}
