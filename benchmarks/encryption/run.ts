/**
 * Measures how e-mail addresses are encrypted, in place and into a new column, with a blind index and without, against a floor
 * that writes as much: `npm run bench -- --only encryption [--quick] [--rows N] [--rounds N] [--postgres]`. On SQLite the floor is a prepared
 * UPDATE with values that are ready, on PostgreSQL a single statement in the server, and pgcrypto takes part. Without flags it takes
 * about five minutes, with `--quick` one, with `--postgres` half of that. Prints tables of medians and ratios and writes them to benchmarks/results/.
 */
import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Measurement } from '../postgres/contestants.ts';
import { publishReport } from '../publish-report.ts';
import { encodeKey } from '../token-sealer.ts';
import type { Contestant, EncryptionKeys } from './contestant.ts';
import { postgresContestants, preparePostgres } from './postgres.ts';
import { reportEncryption, type EncryptionResult } from './report.ts';
import { prepareSqlite, sqliteContestants } from './sqlite.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    rows: { type: 'string' },
    rounds: { type: 'string' },
    only: { type: 'string' },
    postgres: { type: 'boolean', default: false },
  },
});
const rounds = Number(values.rounds ?? (values.quick ? 1 : 3));
const rows = Number(values.rows ?? (values.quick ? 100_000 : 1_000_000));

const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
try {
  const keys = makeKeys();
  const onSqlite = values.postgres ? [] : [await measureSqlite(keys)];
  const sections = [...onSqlite, await measurePostgres(keys)].flatMap(reportEncryption);
  const isPartial = values.quick || values.postgres || values.rows !== undefined;
  const name = `encryption${isPartial ? '-quick' : ''}`;
  publishReport({ title: 'Encryption', name, rounds, sections });
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function makeKeys(): EncryptionKeys {
  const [keyFile, indexKeyFile] = [join(folder, 'data.key'), join(folder, 'index.key')];
  for (const file of [keyFile, indexKeyFile])
    writeFileSync(file, encodeKey(randomBytes(32)), { mode: 0o600 });
  return { keyFile, indexKeyFile };
}

async function measureSqlite(keys: EncryptionKeys): Promise<EncryptionResult> {
  const { onCopy } = prepareSqlite(folder, rows);
  return { database: 'SQLite', rows, runs: await inTurns(sqliteContestants(keys), onCopy) };
}

async function measurePostgres(keys: EncryptionKeys): Promise<EncryptionResult> {
  const { onCopy, close } = await preparePostgres(rows);
  try {
    return { database: 'PostgreSQL', rows, runs: await inTurns(postgresContestants(keys), onCopy) };
  } finally {
    await close();
  }
}

/** One contestant after the other and round by round, so that drift of the machine hits all alike. */
async function inTurns(
  contestants: readonly Contestant[],
  onCopy: (contestant: Contestant) => Promise<Measurement>,
): Promise<EncryptionResult['runs']> {
  const runs = new Map<Contestant, Measurement[]>(contestants.map((contestant) => [contestant, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [contestant, measurements] of runs) {
      const measurement = await onCopy(contestant);
      measurements.push(measurement);
      const seconds = `${measurement.seconds.toFixed(2)} s for ${measurement.rows.toLocaleString('en')} rows`;
      console.error(`round ${String(round)}, ${contestant.name}: ${seconds}`);
    }
  }
  return runs;
}
