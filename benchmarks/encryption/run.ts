import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import type { Benchmark } from '../benchmark.ts';
import { writeKeyFile } from '../key-files.ts';
import { takeTurns } from '../take-turns.ts';
import { encodeKey } from '../token-sealer.ts';
import type { EncryptionKeys } from './contestant.ts';
import { postgresContestants, preparePostgres } from './postgres.ts';
import { reportEncryption, type EncryptionResult } from './report.ts';
import { prepareSqlite, sqliteContestants } from './sqlite.ts';

/** How much is measured. */
interface Extent {
  readonly rows: number;
  readonly rounds: number;
}

/**
 * Measures how e-mail addresses are encrypted, in place and into a new column, with a blind index and without, against a floor
 * that writes as much. On SQLite the floor is a prepared UPDATE with values that are ready, on PostgreSQL a single statement in the
 * server, and pgcrypto takes part. It takes about five minutes, quickly one, on PostgreSQL alone half of that.
 */
export const encryptions: Benchmark = {
  title: 'Encryption',
  name: 'encryption',
  async measure(folder, { extent, rows, rounds, database }) {
    const size = { rows: rows[0] ?? (extent === 'quick' ? 100_000 : 1_000_000), rounds };
    const keys = makeKeys(folder);
    const onSqlite = database === 'postgres' ? [] : [await measureSqlite(folder, keys, size)];
    const sections = [...onSqlite, await measurePostgres(keys, size)].flatMap(reportEncryption);
    return { extent: onSqlite.length === 0 ? 'part' : 'whole', sections };
  },
};

function makeKeys(folder: string): EncryptionKeys {
  const [keyFile, indexKeyFile] = [join(folder, 'data.key'), join(folder, 'index.key')];
  for (const file of [keyFile, indexKeyFile]) writeKeyFile(file, encodeKey(randomBytes(32)));
  return { keyFile, indexKeyFile };
}

async function measureSqlite(
  folder: string,
  keys: EncryptionKeys,
  { rows, rounds }: Extent,
): Promise<EncryptionResult> {
  const measure = prepareSqlite(folder, rows);
  const contestants = sqliteContestants(keys);
  const runs = await takeTurns({ scenario: 'SQLite', contestants, rounds, measure });
  return { database: 'SQLite', rows, runs };
}

async function measurePostgres(keys: EncryptionKeys, { rows, rounds }: Extent): Promise<EncryptionResult> {
  const { measure, close } = await preparePostgres(rows);
  const contestants = postgresContestants(keys);
  try {
    const runs = await takeTurns({ scenario: 'PostgreSQL', contestants, rounds, measure });
    return { database: 'PostgreSQL', rows, runs };
  } finally {
    await close();
  }
}
