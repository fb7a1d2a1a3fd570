import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { IndexOfResult } from '../../src/lib/cli/results/index-of-result.ts';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import type { VerifyResult } from '../../src/lib/cli/results/verify-result.ts';
import { writeFernetKeyFile } from '../support/fleet-database.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { referenceIndex } from '../support/reference-index.ts';
import { opened, token } from '../support/scene.ts';
import { succeeds } from '../support/succeeds.ts';

const killer = pathToFileURL(join(import.meta.dirname, '../support/kill-at-step.js')).href;
const run = ['--yes', '--json', '--progress', 'none'] as const;
const indexKey = ['--index-key', 'file:third.key'] as const;
const columns = ['--column', 'shop.people.email', '--column', 'shop.people.born'] as const;
const encryption = [...columns, '--key', 'file:new.key', '--format', 'fernet'] as const;
const wishes = [
  '--blind-index',
  'shop.people.email:lower',
  '--blind-index',
  'shop.people.born:exact',
  ...indexKey,
];
const into = [...encryption, '--into', '{column}_encrypted', ...wishes, ...run] as const;

const email = { table: 'shop.people', column: 'email', normaliser: 'lower/1', bytes: 16 } as const;
const born = { ...email, column: 'born', normaliser: 'exact/1' } as const;

const people = `
  CREATE SCHEMA shop;
  CREATE TABLE shop.people(id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text UNIQUE, born date);
  INSERT INTO shop.people(email, born)
    SELECT CASE WHEN n % 5 > 0 THEN 'P' || n || '@Ex.org' END, date '1970-01-01' + n FROM generate_series(1, 200) AS n`;

/** Rows in which an index is not that of what the cell holds, of whichever columns there are. */
async function staleRows(scene: PostgresScene): Promise<readonly unknown[]> {
  const rows =
    await scene.query(`SELECT email_encrypted, encode(email_bidx, 'hex'), born_encrypted, encode(born_bidx, 'hex')
    FROM shop.people`);
  return rows.filter(([address = null, addressIndex, day = null, dayIndex]) => {
    const wanted = [
      address === null ? null : referenceIndex(email, opened('new', address).toLowerCase()),
      day === null ? null : referenceIndex(born, opened('new', day)),
    ];
    return wanted[0] !== addressIndex || wanted[1] !== dayIndex;
  });
}

test('stale blind index after a kill: there is none, and none after live writers, on a server', async () => {
  const scene = await createPostgresScene(people);
  for (const step of ['columns expanded:1', 'cells replaced:2', 'before commit:9', 'after commit:11']) {
    const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: step };
    const { signal } = await scene.runWith({ env }, 'encrypt', ...into, '--batch-rows', '20');
    expect(signal, step).toBe('SIGKILL');
    expect(await staleRows(scene)).toEqual([]);
  }
  await succeeds(scene, 'encrypt', ...into);
  await scene.query(`
    UPDATE shop.people SET email = 'New@1' WHERE id = 1; UPDATE shop.people SET email = NULL, born = '2001-02-03' WHERE id = 2;
    UPDATE shop.people SET email_encrypted = '${token('new', 'Cell@3')}' WHERE id = 3;
    UPDATE shop.people SET born_bidx = NULL WHERE id = 4; INSERT INTO shop.people(email) VALUES ('Last@X')`);
  const found = await scene.run('verify', '--json', ...indexKey);
  expect(found.code, found.stdout).toBe(14);
  const { indexes } = JSON.parse(found.stdout) as VerifyResult;
  expect(indexes.map(({ column, stale, staleRows: rows }) => [column, stale, rows])).toEqual([
    ['email_bidx', 1, ['"id" = 3']],
    ['born_bidx', 1, ['"id" = 4']],
  ]);
  await succeeds(scene, 'execute', ...run);
  expect(await staleRows(scene)).toEqual([]);
  const terms = await scene.runWith(
    { input: 'NEW@1' },
    'index-of',
    '--column',
    'shop.people.email',
    '--json',
  );
  const [term] = (JSON.parse(terms.stdout) as IndexOfResult).indexes;
  expect(await scene.query(`SELECT id FROM shop.people WHERE ${term?.where ?? ''}`)).toEqual([['1']]);
  const byName = ['--confirm', '"shop.people".email,"shop.people".born', ...run];
  // Whoever knows better may hold what was unique by an index of the blind index.
  expect((await scene.run('finalize', ...byName)).code).toBe(2);
  await scene.query('CREATE UNIQUE INDEX by_bidx ON shop.people(email_bidx)');
  await succeeds(scene, 'finalize', ...byName);
  expect(await staleRows(scene)).toEqual([]);
  const valid =
    "SELECT indisvalid FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid WHERE relname LIKE 'keyturn_bidx%'";
  expect(await scene.query(valid)).toEqual([['t'], ['t']]);
  await succeeds(scene, 'rollback', ...run);
  expect(
    await scene.query(`SELECT attname FROM pg_attribute WHERE attrelid = 'shop.people'::regclass
    AND attnum > 0 AND NOT attisdropped ORDER BY attnum`),
  ).toEqual([['id'], ['email'], ['born']]);
  expect(await scene.query("SELECT relname FROM pg_class WHERE relname LIKE 'keyturn_bidx%'")).toEqual([]);
});

test('in place on a server, an index comes with the cells, a rehearsal brings none, and decryption takes it away', async () => {
  const scene = await createPostgresScene(people);
  const inPlace = [
    '--column',
    'shop.people.email',
    ...encryption.slice(4),
    ...wishes.slice(0, 2),
    ...indexKey,
  ];
  const { stdout } = await scene.run(
    'plan',
    '--encrypt',
    'shop.people.email',
    ...inPlace.slice(2, 4),
    ...inPlace.slice(6),
    '--json',
  );
  expect((JSON.parse(stdout) as PlanResult).indexes).toMatchObject([{ into: 'email_bidx', bits: 128 }]);
  await succeeds(scene, 'encrypt', ...inPlace, ...run, '--dry-run');
  await succeeds(scene, 'encrypt', ...inPlace, ...run);
  const rows = await scene.query(
    "SELECT email, encode(email_bidx, 'hex') FROM shop.people WHERE email IS NOT NULL",
  );
  expect(rows).toHaveLength(160);
  for (const [cell = null, index] of rows) {
    expect(index).toBe(referenceIndex(email, opened('new', cell).toLowerCase()));
  }
  const rotation = [
    '--old-key',
    'file:new.key',
    '--new-key',
    'file:old.key',
    '--column',
    'shop.people.email',
  ];
  const indexed = [...rotation, '--new-index-key', 'file:fourth.key', ...run];
  writeFernetKeyFile(join(scene.folder, 'fourth.key'), createHash('sha256').update('fourth').digest());
  expect((await succeeds(scene, 'rotate', ...indexed)).state).toBe('ready');
  await scene.query('UPDATE shop.people SET email_bidx_next = NULL WHERE id = 1');
  // Neither the column that is there, nor the one that a run would make again, may be rehearsed with an update of nothing.
  await succeeds(scene, 'dry-run', '--json');
  await scene.query('ALTER TABLE shop.people DROP COLUMN email_bidx_next');
  await succeeds(scene, 'dry-run', '--json');
  await succeeds(scene, 'finalize', ...run);
  const swapped = await scene.query(
    "SELECT email, encode(email_bidx, 'hex') FROM shop.people WHERE email IS NOT NULL",
  );
  for (const [cell = null, index] of swapped) {
    const fourth = createHash('sha256').update('fourth').digest();
    expect(index).toBe(referenceIndex(email, opened('old', cell).toLowerCase(), fourth));
  }
  await succeeds(
    scene,
    'decrypt',
    '--column',
    'shop.people.email',
    '--key',
    'file:old.key',
    '--format',
    'fernet',
    ...run,
  );
  expect(await scene.query('SELECT * FROM shop.people WHERE id = 1')).toEqual([
    ['1', 'P1@Ex.org', '1970-01-02'],
  ]);
});
