import { setTimeout as sleep } from 'node:timers/promises';
import { onClient } from '../../test/support/postgres/on-client.ts';

/** How long an application's transactions took, in milliseconds. */
export interface WriterLatency {
  readonly p50: number;
  readonly p99: number;
  readonly longest: number;
}

const clients = 2;
const pauseMilliseconds = 5;

/** An application that counts visits in random rows of the table that is rewritten; `stop` ends it. */
export function startWriters(url: string): { stop(): Promise<WriterLatency> } {
  const stopped = new AbortController();
  const milliseconds: number[] = [];
  const loops = Array.from({ length: clients }, () =>
    onClient(url, async (client) => {
      const { rows } = await client.query<{ readonly id: string }>(
        'SELECT id FROM cells TABLESAMPLE SYSTEM (5)',
      );
      while (!stopped.signal.aborted) {
        const id = rows[Math.floor(Math.random() * rows.length)]?.id;
        const started = performance.now();
        await client.query('UPDATE cells SET visits = visits + 1 WHERE id = $1', [id]);
        milliseconds.push(performance.now() - started);
        await sleep(pauseMilliseconds);
      }
    }),
  );
  return {
    async stop() {
      stopped.abort();
      await Promise.all(loops);
      milliseconds.sort((one, other) => one - other);
      const percentile = (share: number): number =>
        milliseconds[Math.min(Math.floor(milliseconds.length * share), milliseconds.length - 1)] ?? 0;
      return { p50: percentile(0.5), p99: percentile(0.99), longest: percentile(1) };
    },
  };
}
