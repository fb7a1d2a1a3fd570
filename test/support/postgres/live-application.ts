import type { Client } from 'pg';
import { token } from '../scene.ts';
import type { PostgresScene } from './postgres-scene.ts';

/** What the application has done, and how it fared. */
export interface ApplicationRecord {
  readonly committed: number;
  /** Statements that failed, by the server's code; a lost connection counts where it was expected. */
  readonly failures: readonly string[];
  /** How long each transaction took, in milliseconds, sorted. */
  readonly latencies: readonly number[];
}

/** An application at work; `stop` waits for its last transactions. */
export interface LiveApplication {
  stop(): Promise<ApplicationRecord>;
}

/** Where the application writes down, in the transaction of each change, what the cell must hold from then on. */
export const truthTable = 'CREATE TABLE truth(id bigint PRIMARY KEY, plaintext text NOT NULL)';

/**
 * Some clients that change rows of `people` for as long as nobody stops them, two at a time in random order, each client
 * its own rows, so that whatever locks them up is not another client. New cells are under the new key.
 */
export function startApplication(
  scene: PostgresScene,
  { clients, rows }: { readonly clients: number; readonly rows: number },
): LiveApplication {
  let isStopped = false;
  let committed = 0;
  const failures: string[] = [];
  const latencies: number[] = [];
  const loops = Array.from({ length: clients }, async (_, number) => {
    let client = await scene.connect();
    const ownRows = Array.from({ length: rows }, (_, row) => row + 1).filter(
      (row) => row % clients === number,
    );
    for (let turn = 0; !isStopped; turn += 1) {
      const started = performance.now();
      try {
        await changeTwo(client, ownRows, `client ${String(number)}, turn ${String(turn)}`);
        committed += 1;
        latencies.push(performance.now() - started);
      } catch (error) {
        failures.push((error as { code?: string }).code ?? (error as Error).message);
        client = await reconnect(scene);
      }
    }
  });
  return {
    async stop() {
      isStopped = true;
      await Promise.all(loops);
      return { committed, failures, latencies: latencies.sort((one, other) => one - other) };
    },
  };
}

async function changeTwo(client: Client, rows: readonly number[], text: string): Promise<void> {
  await client.query('BEGIN');
  for (let change = 0; change < 2; change += 1) {
    const id = rows[Math.floor(Math.random() * rows.length)];
    const plaintext = `${text}, change ${String(change)}`;
    await client.query('UPDATE people SET secret = $2 WHERE id = $1', [id, token('new', plaintext)]);
    await client.query(
      'INSERT INTO truth VALUES ($1, $2) ON CONFLICT (id) DO UPDATE SET plaintext = excluded.plaintext',
      [id, plaintext],
    );
  }
  await client.query('COMMIT');
}

async function reconnect(scene: PostgresScene): Promise<Client> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await scene.connect();
    } catch (error) {
      if (attempt === 100) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}
