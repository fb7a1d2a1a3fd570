import { onClient } from '../../test/support/postgres/on-client.ts';
import { startPostgresServer } from '../../test/support/postgres/postgres-server.ts';
import type { Measurement } from '../measurement.ts';
import { floorOf, keyturn, type Contestant, type EncryptionKeys } from './contestant.ts';
import { addedColumns, cellCharacters, ways, type EncryptionWay } from './way.ts';

/** Everybody who takes part on PostgreSQL; the location is a URL. */
export function postgresContestants(keys: EncryptionKeys): readonly Contestant[] {
  return [...ways.flatMap((way) => [floor(way), keyturn(way, keys, [])]), pgcrypto];
}

/** A server of its own with fsync on, and a database of plaintext rows that every contestant gets a copy of. */
export async function preparePostgres(rows: number): Promise<{
  readonly measure: (contestant: Contestant) => Promise<Measurement>;
  readonly close: () => Promise<void>;
}> {
  const server = await startPostgresServer({ writes: 'durable' });
  const administrate = (statement: string): Promise<unknown> =>
    onClient(server.url('postgres'), (client) => client.query(statement));
  await administrate('CREATE DATABASE plain');
  await onClient(server.url('plain'), async (client) => {
    await client.query(`CREATE TABLE people(id bigint PRIMARY KEY, email text)`);
    await client.query(
      `INSERT INTO people SELECT n, format('person.%s@mail-%s.example.org', lpad(n::text, 8, '0'), lpad((n % 97)::text, 2, '0'))
       FROM generate_series(1, $1::int) AS n`,
      [rows],
    );
    await client.query('VACUUM (FREEZE, ANALYZE) people');
    await client.query('CHECKPOINT');
  });
  return {
    async measure(contestant) {
      await administrate('CREATE DATABASE copy TEMPLATE plain STRATEGY file_copy');
      try {
        return await contestant.run(server.url('copy'));
      } finally {
        await administrate('DROP DATABASE copy WITH (FORCE)');
      }
    },
    close: () => server.close(),
  };
}

/** A single statement in the server that makes every row grow as much, with the same index to keep up. */
function floor(way: EncryptionWay): Contestant {
  const assignments = [
    `${way.cells} = rpad(email, ${String(cellCharacters)}, 'c')`,
    // As long as a blind index, and as different in each row.
    ...(way.index === 'none' ? [] : [`email_bidx = decode(md5(email), 'hex')`]),
  ];
  return {
    name: floorOf(way),
    floor: floorOf(way),
    run: (url) =>
      onClient(url, async (client) => {
        for (const column of addedColumns(way, { text: 'text', bytes: 'bytea' }))
          await client.query(`ALTER TABLE people ADD COLUMN ${column}`);
        if (way.index === 'blind')
          await client.query('CREATE INDEX ON people(email_bidx) WHERE email_bidx IS NOT NULL');
        return timed(() => client.query(`UPDATE people SET ${assignments.join(', ')}`));
      }),
  };
}

const pgcryptoRows = 2000;

/** The server's own symmetric encryption, which also sends its key to the server. */
const pgcrypto: Contestant = {
  name: 'pgcrypto: pgp_sym_encrypt, into a new column',
  floor: floorOf({ name: 'in place', cells: 'email', index: 'none' }),
  run: (url) =>
    onClient(url, async (client) => {
      await client.query('CREATE EXTENSION pgcrypto');
      await client.query('ALTER TABLE people ADD COLUMN sealed bytea');
      return timed(() =>
        client.query("UPDATE people SET sealed = pgp_sym_encrypt(email, 'a pass phrase') WHERE id <= $1", [
          pgcryptoRows,
        ]),
      );
    }),
};

async function timed(update: () => Promise<{ readonly rowCount: number | null }>): Promise<Measurement> {
  const started = performance.now();
  const { rowCount } = await update();
  return { rows: rowCount ?? 0, seconds: (performance.now() - started) / 1000, details: {} };
}
