/**
 * Measures what encrypted columns cost an application on PostgreSQL, and what a rotation costs it while it runs:
 * `npm run bench:traffic [-- --rows N]`, about half a minute. Clients read and update random rows, plain ones and
 * encrypted ones in turns; then the encrypted ones while keyturn rotates them, with both keys in hand. It starts a server of its own with
 * fsync on. Prints the overhead of encryption (requirement: below 15 %) and the share of operations that succeeded during the
 * rotation (requirement: 99.9 %).
 */
import { randomBytes, randomInt } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Client } from 'pg';
import { onClient } from '../../test/support/postgres/on-client.ts';
import { startPostgresServer } from '../../test/support/postgres/postgres-server.ts';
import { makeKeys } from '../key-files.ts';
import { measureRun } from '../measured-command.ts';
import { median } from '../statistics.ts';
import { createApplicationCipher, type ApplicationCipher } from './application-cipher.ts';

const { values } = parseArgs({ options: { rows: { type: 'string', default: '50000' } } });
const rows = Number(values.rows);
const rounds = 10;
const operationsPerRound = 1500;
const clients = 2;
/** Whoever writes the value that is there already makes the server log next to nothing of it. */
const plaintexts = Array.from({ length: 512 }, () => randomBytes(90).toString('base64'));
const known = new Set(plaintexts);

/** How one application keeps a value, and gets it back. */
interface Storage {
  readonly column: 'plain' | 'cell';
  readonly store: (text: string) => string;
  /** Throws where the value cannot be read. */
  readonly load: (stored: string) => string;
}

const plainStorage: Storage = { column: 'plain', store: (text) => text, load: (stored) => stored };

/** Writes under the first cipher and reads under any. */
function encryptedStorage(writing: ApplicationCipher, ...others: readonly ApplicationCipher[]): Storage {
  return {
    column: 'cell',
    store: (text) => writing.seal(text),
    load(stored) {
      for (const cipher of others) {
        try {
          return cipher.open(stored);
        } catch {
          // It is under the next one.
        }
      }
      return writing.open(stored);
    },
  };
}

function anyPlaintext(): string {
  return plaintexts[randomInt(plaintexts.length)] ?? '';
}

/** Reads a row, and in every second turn writes another one. */
async function operate(client: Client, { column, store, load }: Storage, turn: number): Promise<void> {
  const id = randomInt(rows) + 1;
  if (turn % 2 === 0) {
    const found = await client.query<{ readonly value: string }>(
      `SELECT ${column} AS value FROM traffic WHERE id = $1`,
      [id],
    );
    if (!known.has(load(found.rows[0]?.value ?? ''))) throw new Error('the value is another one');
  } else {
    await client.query(`UPDATE traffic SET ${column} = $2 WHERE id = $1`, [id, store(anyPlaintext())]);
  }
}

/** Milliseconds that an operation takes on average, of several clients at a time. */
async function measureRound(url: string, storage: Storage): Promise<number> {
  const started = performance.now();
  await Promise.all(
    Array.from({ length: clients }, () =>
      onClient(url, async (client) => {
        for (let turn = 0; turn < operationsPerRound; turn += 1) await operate(client, storage, turn);
      }),
    ),
  );
  return (performance.now() - started) / operationsPerRound;
}

/** Operates for as long as the work takes; counts what succeeded and what failed. */
async function operateDuring(
  url: string,
  storage: Storage,
  work: Promise<unknown>,
): Promise<[number, number]> {
  const counts: [number, number] = [0, 0];
  let isOver = false;
  const loops = Array.from({ length: clients }, () =>
    onClient(url, async (client) => {
      for (let turn = 0; !isOver; turn += 1) {
        await operate(client, storage, turn).then(
          () => (counts[0] += 1),
          () => (counts[1] += 1),
        );
      }
    }),
  );
  await work.finally(() => (isOver = true));
  await Promise.all(loops);
  return counts;
}

const server = await startPostgresServer({ writes: 'durable' });
const folder = mkdtempSync(join(tmpdir(), 'keyturn-traffic-'));
try {
  const url = server.url('postgres');
  const keys = makeKeys(folder);
  const [oldCipher, newCipher] = [createApplicationCipher(keys.oldKey), createApplicationCipher(keys.newKey)];
  const encrypted = encryptedStorage(oldCipher);
  await onClient(url, async (client) => {
    await client.query(
      'CREATE TABLE traffic(id bigint PRIMARY KEY, plain text NOT NULL, cell text NOT NULL)',
    );
    await client.query('INSERT INTO traffic SELECT n, $1, $2 FROM generate_series(1, $3::int8) AS n', [
      anyPlaintext(),
      encrypted.store(anyPlaintext()),
      rows,
    ]);
    await client.query('VACUUM ANALYZE traffic');
  });
  const milliseconds = { plain: [] as number[], cell: [] as number[] };
  for (let round = 0; round < rounds; round += 1) {
    // Whoever goes first finds the table as the last vacuum left it.
    const storages = round % 2 === 0 ? [plainStorage, encrypted] : [encrypted, plainStorage];
    for (const storage of storages) milliseconds[storage.column].push(await measureRound(url, storage));
  }
  const [plain, sealed] = [median(milliseconds.plain), median(milliseconds.cell)];
  const keyFlags = ['--old-key', `file:${keys.oldKeyFile}`, '--new-key', `file:${keys.newKeyFile}`];
  const format = ['--format', 'aes-256-gcm:encoding=base64'];
  const rotation = measureRun(['rotate', '--database', url, ...keyFlags, ...format]);
  const [succeeded, failed] = await operateDuring(url, encryptedStorage(newCipher, oldCipher), rotation);
  const share = (100 * succeeded) / Math.max(succeeded + failed, 1);
  console.log(`plain       ${plain.toFixed(3)} ms an operation (median of ${String(rounds)} rounds)`);
  console.log(
    `encrypted   ${sealed.toFixed(3)} ms an operation: ${((sealed / plain - 1) * 100).toFixed(1)} % more`,
  );
  console.log(
    `rotation    ${(await rotation).seconds.toFixed(1)} s; meanwhile ${succeeded.toLocaleString('en')} operations succeeded and ${String(failed)} failed: ${share.toFixed(3)} %`,
  );
} finally {
  await server.close();
  rmSync(folder, { recursive: true, force: true });
}
