import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startPostgresServer, type PostgresServer } from '../../support/postgres/postgres-server.ts';
import { killEncryptions } from '../encryption-kills.ts';
import { chooseSeed } from '../random-kills.ts';

/** How many kills are tried in each way. */
const kills = Number(process.env['KEYTURN_TEST_KILLS'] ?? '40');

let server: PostgresServer;

beforeAll(async () => {
  server = await startPostgresServer({ writes: 'durable' });
});

afterAll(() => server.close());

describe.each(['SQLite', 'PostgreSQL'] as const)('encryptions with a blind index on %s', (database) => {
  it.each(['in place', 'into a new column'] as const)(
    `${String(kills)} kills lose nothing and leave no index stale: %s`,
    async (destination) => {
      const serverUrl = database === 'SQLite' ? undefined : server.url('DATABASE');
      const statistics = await killEncryptions({ destination, serverUrl, kills, seed: chooseSeed() });
      console.info(`random kills of encryptions, ${database}, ${destination}:`, statistics);
      expect(statistics.kills).toBe(kills);
    },
  );
});
