import { setTimeout as sleep } from 'node:timers/promises';
import { onClient } from '../../test/support/postgres/on-client.ts';
import type { BenchmarkKeys } from '../key-files.ts';
import { measureRun } from '../measured-command.ts';
import type { Measurement } from '../measurement.ts';
import { rewriteByPages, rewriteRowByRow } from './client-loops.ts';
import { startWriters } from './foreground-writers.ts';

/** Something that rewrites cells of a copy of the scenario's database. */
export interface Contestant {
  readonly name: string;
  run(url: string, keys: BenchmarkKeys): Promise<Measurement>;
}

/** What others are measured against. */
export const floorName = 'floor: one statement in the server';
export const fairLoopName = 'client loop by pages';
export const exclusiveName = 'keyturn exclusive';
export const besideWritersName = 'keyturn shared, beside writers';

/** Everybody who takes part in the comparison of the plain scenario. */
export const allContestants: readonly Contestant[] = [
  inServer(
    floorName,
    // Another value of the same size, whichever type it has.
    'UPDATE cells SET cell = overlay(cell PLACING substr(cell, 2, 1) FROM 1)',
  ),
  keyturn(exclusiveName, ['--exclusive']),
  ...[1, 2, 4].map((connections) =>
    keyturn(`keyturn exclusive, --connections ${String(connections)}`, [
      '--exclusive',
      '--connections',
      String(connections),
    ]),
  ),
  keyturn('keyturn exclusive, commits that wait', ['--exclusive'], ['postgres/waiting-commits.js']),
  keyturn('keyturn shared', []),
  besideWriters(keyturn(besideWritersName, [])),
  loop(fairLoopName, rewriteByPages),
  loop('naive loop, a commit a page', (url, keys) =>
    rewriteRowByRow(url, keys, { rows: 20_000, commits: 'together' }),
  ),
  loop('naive loop, a commit a row', (url, keys) =>
    rewriteRowByRow(url, keys, { rows: 2000, commits: 'each' }),
  ),
  { name: 'pgcrypto: pgp_sym_decrypt, pgp_sym_encrypt', run: measurePgcrypto },
];

/** Those who take part everywhere. */
export const fewContestants = allContestants.filter(({ name }) => [floorName, exclusiveName].includes(name));

function inServer(name: string, statement: string): Contestant {
  return {
    name,
    run: (url) =>
      onClient(url, async (client) => {
        const started = performance.now();
        const { rowCount } = await client.query(statement);
        return { rows: rowCount ?? 0, seconds: (performance.now() - started) / 1000, details: {} };
      }),
  };
}

function loop(name: string, rewrite: (url: string, keys: BenchmarkKeys) => Promise<number>): Contestant {
  return {
    name,
    async run(url, keys) {
      const started = performance.now();
      const rows = await rewrite(url, keys);
      return { rows, seconds: (performance.now() - started) / 1000, details: {} };
    },
  };
}

/** keyturn as a user runs it, with every safety feature on; timed is the execute phase of its own report. */
function keyturn(name: string, flags: readonly string[], preloads: readonly string[] = []): Contestant {
  return {
    name,
    async run(url, { oldKeyFile, newKeyFile }) {
      const keys = ['--old-key', `file:${oldKeyFile}`, '--new-key', `file:${newKeyFile}`];
      const command = ['rotate', '--database', url, ...keys, ...flags];
      const { rewritten, secondsOf, seconds, usage } = await measureRun(command, preloads);
      return {
        rows: rewritten,
        seconds: secondsOf('execute'),
        details: {
          'sweep s': secondsOf('verify'),
          'whole rotate s': seconds,
          'client CPU us/row': (usage.cpuSeconds / rewritten) * 1e6,
          'client MiB': usage.peakKibibytes / 1024,
        },
      };
    },
  };
}

const aloneMilliseconds = 5000;

/** How long an application's transactions take beside a rotation, and without one. */
function besideWriters(shared: Contestant): Contestant {
  return {
    name: shared.name,
    async run(url, keys) {
      const before = startWriters(url);
      await sleep(aloneMilliseconds);
      const alone = await before.stop();
      const during = startWriters(url);
      const measurement = await shared.run(url, keys);
      const beside = await during.stop();
      const details = {
        'p99 alone ms': alone.p99,
        'p50 ms': beside.p50,
        'p99 ms': beside.p99,
        'longest ms': beside.longest,
      };
      return { ...measurement, details };
    },
  };
}

const pgcryptoRows = 2000;

/** The server's own symmetric encryption of values, on a table of its own. */
function measurePgcrypto(url: string): Promise<Measurement> {
  return onClient(url, async (client) => {
    await client.query('CREATE EXTENSION pgcrypto');
    await client.query(
      `CREATE TABLE sealed AS SELECT place AS id, pgp_sym_encrypt(repeat('p', 140), 'old') AS cell
       FROM generate_series(1, $1::int) AS place`,
      [pgcryptoRows],
    );
    const started = performance.now();
    await client.query("UPDATE sealed SET cell = pgp_sym_encrypt(pgp_sym_decrypt(cell, 'old'), 'new')");
    return { rows: pgcryptoRows, seconds: (performance.now() - started) / 1000, details: {} };
  });
}
