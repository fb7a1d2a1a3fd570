import { createServer, type AddressInfo } from 'node:net';

/** A port that nobody listens on now; somebody else may be quicker to take it. */
export function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address() as AddressInfo;
      server.close(() => {
        resolve(port);
      });
    });
  });
}
