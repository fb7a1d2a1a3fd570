import type { Socket } from 'node:net';
import { startProxy } from './start-proxy.ts';

/** Between clients and a server: as long as one of them is served, no other hears anything. Returns its URL. */
export function startOneSessionServer(serverUrl: string): Promise<string> {
  let served: Socket | undefined;
  return startProxy(serverUrl, ({ client, server }) => {
    served ??= client;
    const isServed = served === client;
    client.on('close', () => {
      if (isServed) served = undefined;
    });
    return {
      fromClient(bytes) {
        if (isServed) server.write(bytes);
      },
      fromServer(bytes) {
        if (isServed) client.write(bytes);
      },
    };
  });
}
