import { startProxy } from './start-proxy.ts';

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
  let seen = 0;
  let cut = 0;
  const url = await startProxy(serverUrl, ({ client, server }) => {
    const drop = (): void => {
      cut += 1;
      client.destroy();
      server.destroy();
    };
    let isMute = false;
    return {
      fromClient(bytes) {
        const isCommit = bytes.toString('latin1').includes('COMMIT\0');
        const fate = isCommit ? commits[seen++ % commits.length] : 'not at all';
        if (fate === 'before') {
          drop();
          return;
        }
        isMute = fate === 'after';
        server.write(bytes);
      },
      fromServer(bytes) {
        if (isMute) drop();
        else client.write(bytes);
      },
    };
  });
  return { url, cuts: () => cut };
}
