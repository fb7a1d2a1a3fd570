import { setTimeout as sleep } from 'node:timers/promises';
import type { Client } from 'pg';
import { digestOf, openUnderEither } from '../live-truth.ts';
import { opened, token, type KeyRole } from '../scene.ts';
import type { PostgresScene } from './postgres-scene.ts';

/** What the application has done, and how it fared. */
export interface ApplicationRecord {
  readonly committed: number;
  /** Statements that failed, by the server's code; a lost connection counts where it was expected. */
  readonly failures: readonly string[];
  /** Rows that did not hold what was written to them last when the application came back to change them. */
  readonly surprises: readonly string[];
}

/** An application at work; `stop` waits for its last transactions. */
export interface LiveApplication {
  stop(): Promise<ApplicationRecord>;
}

/**
 * What every secret of `people` must hold. The application writes it down in the transaction of each change, and looks at it
 * before the next one: a lost update shows then, although a later one would hide it from whoever looks at the end.
 */
export const truthTable = `CREATE TABLE truth(id bigint PRIMARY KEY, plaintext text NOT NULL);
  INSERT INTO truth SELECT id, 'secret ' || (id - 1) FROM people;`;

/** Rows of `people` with a secret or a photo that is not under the new key, or not what was written last. */
export async function rowsNotAsWritten({
  query,
}: Pick<PostgresScene, 'query'>): Promise<readonly (string | null | undefined)[]> {
  const rows = await query('SELECT id, secret, plaintext, photo FROM people LEFT JOIN truth USING (id)');
  const isAsWritten = ([id, secret, plaintext, photo]: (typeof rows)[number]): boolean =>
    opened('new', secret ?? null) === plaintext &&
    (typeof photo !== 'string' ||
      opened('new', Buffer.from(photo.slice(2), 'hex')) === `photo ${String(Number(id) - 1)}`);
  return rows.filter((row) => !isAsWritten(row)).map(([id]) => id);
}

/**
 * Some clients that change rows of `people` for as long as nobody stops them, two at a time in random order, each client
 * its own rows, so that whatever locks them up is not another client. They write under the old key until the first pass is
 * over: under the new one, all rows would be done before the rotation comes to them, and nothing could be lost.
 */
export function startApplication(
  scene: PostgresScene,
  { clients, rows }: { readonly clients: number; readonly rows: number },
): LiveApplication {
  let isStopped = false;
  let role: KeyRole = 'old';
  const changeOver = async (): Promise<void> => {
    while (!isStopped && role === 'old') {
      if (await isFirstPassOver(scene)) role = 'new';
      await sleep(20);
    }
  };
  let committed = 0;
  const failures: string[] = [];
  const surprises: string[] = [];
  const loops = Array.from({ length: clients }, async (_, number) => {
    let client = await scene.connect();
    const ownRows = Array.from({ length: rows }, (_, row) => row + 1).filter(
      (row) => row % clients === number,
    );
    for (let turn = 0; !isStopped; turn += 1) {
      try {
        await client.query('BEGIN');
        for (const change of ['first', 'second']) {
          const id = ownRows[Math.floor(Math.random() * ownRows.length)] ?? 1;
          const plaintext = `${change} change of client ${String(number)}, turn ${String(turn)}`;
          const seen = await changeRow(client, id, { role, plaintext });
          if (seen === 'something else') surprises.push(`row ${String(id)}`);
        }
        await client.query('COMMIT');
        committed += 1;
      } catch (error) {
        failures.push((error as { code?: string }).code ?? (error as Error).message);
        client = await reconnect(scene);
      }
    }
  });
  const ending = changeOver();
  return {
    async stop() {
      isStopped = true;
      await Promise.all([...loops, ending]);
      return { committed, failures, surprises };
    },
  };
}

async function isFirstPassOver(scene: PostgresScene): Promise<boolean> {
  const over = "SELECT FROM keyturn_migration WHERE state IN ('verifying', 'succeeded')";
  // Before the first run there is no such table, and a server that was stopped does not answer.
  const found = await scene.query(over).catch(() => []);
  return found.length > 0;
}

/** Tells what the row held by then. */
async function changeRow(
  client: Client,
  id: number,
  { role, plaintext }: { readonly role: KeyRole; readonly plaintext: string },
): Promise<'what was written last' | 'something else'> {
  const { rows } = await client.query<{ readonly secret: string; readonly truth: string }>(
    `SELECT secret, truth.plaintext AS truth FROM people JOIN truth USING (id) WHERE id = $1
     FOR NO KEY UPDATE OF people`,
    [id],
  );
  await client.query('UPDATE people SET secret = $2 WHERE id = $1', [id, token(role, plaintext)]);
  await client.query('UPDATE truth SET plaintext = $2 WHERE id = $1', [id, plaintext]);
  const isAsWritten = rows.every(({ secret, truth }) => {
    const found = openUnderEither(secret);
    return found !== 'unreadable' && digestOf(found.content) === digestOf({ plaintext: truth });
  });
  return isAsWritten ? 'what was written last' : 'something else';
}

async function reconnect(scene: PostgresScene): Promise<Client> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await scene.connect();
    } catch (error) {
      if (attempt === 100) throw error;
      await sleep(100);
    }
  }
}
