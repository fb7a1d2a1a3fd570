import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import type { IndexOfResult } from '../../src/lib/cli/results/index-of-result.ts';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { VerifyResult } from '../../src/lib/cli/results/verify-result.ts';
import { writeFernetKeyFile } from '../support/fleet-database.ts';
import { planInProcess } from '../support/plan-in-process.ts';
import { referenceIndex } from '../support/reference-index.ts';
import { createScene, errorOf, opened, token, type Scene, type Stored } from '../support/scene.ts';
import { succeeds } from '../support/succeeds.ts';

const killer = pathToFileURL(join(import.meta.dirname, '../support/kill-at-step.js')).href;
const run = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;
const key = ['--key', 'file:new.key', '--format', 'fernet'] as const;
const indexKey = ['--index-key', 'file:third.key'] as const;
const inPlace = ['--column', 'people.email', ...key] as const;
const into = [...inPlace, '--into', '{column}_encrypted'] as const;
const byLower = ['--blind-index', 'people.email:lower', ...indexKey] as const;

const lower = { table: 'people', column: 'email', normaliser: 'lower/1', bytes: 16 } as const;
const domain = { table: 'people', column: 'email', normaliser: 'domain/1', bytes: 3 } as const;

function createPeople(people: number): Scene {
  return createScene((database) => {
    database.exec('CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT UNIQUE)');
    const insert = database.prepare('INSERT INTO people(email) VALUES (?)');
    for (let person = 1; person <= people; person += 1) {
      insert.run(person % 5 === 0 ? null : `P${String(person)}@Ex${String(person % 3)}.org`);
    }
  });
}

async function verified(scene: Scene, code: number): Promise<VerifyResult['indexes']> {
  const result = await scene.run('verify', '--json', ...indexKey);
  expect(result.code, result.stdout).toBe(code);
  return (JSON.parse(result.stdout) as VerifyResult).indexes;
}

async function search(
  scene: Scene,
  value: string,
  keys: readonly string[] = indexKey,
): Promise<IndexOfResult['indexes']> {
  const words = ['--column', 'people.email', '--json', ...keys];
  const { code, stdout } = await scene.runWith({ input: `${value}\n` }, 'index-of', ...words);
  expect(code, stdout).toBe(0);
  return (JSON.parse(stdout) as IndexOfResult).indexes;
}

/** Rows in which an index is not that of what the cell holds; where a value is no cell yet, there is none. */
function staleRows(scene: Scene, cells: string): readonly (readonly Stored[])[] {
  return scene.query(`SELECT ${cells}, lower(hex(email_bidx)) FROM people`).filter(([cell, index]) => {
    const isCell = typeof cell === 'string' && cell.startsWith('gAAAA');
    return index !== (isCell ? referenceIndex(lower, opened('new', cell).toLowerCase()) : '');
  });
}

/** Somebody drops the column of an index, and the database's own index over it. */
function dropColumn(scene: Scene, column: string): void {
  const [name] = scene.values(`SELECT name FROM sqlite_schema WHERE sql LIKE '%("${column}")%'`);
  scene.change((database) => {
    database.exec(`DROP INDEX ${String(name)}; ALTER TABLE people DROP COLUMN ${column}`);
  });
}

test('an index is written with the cells, follows whatever others write, and is found by index-of', async () => {
  const scene = createPeople(60);
  const before = scene.query('SELECT * FROM people');
  const byDomainToo = ['--blind-index', 'people.email:domain,bits=24'];
  await succeeds(scene, 'encrypt', ...into, ...byLower, ...byDomainToo, ...run);
  expect(staleRows(scene, 'email_encrypted')).toEqual([]);
  const shorter = {
    blindIndexes: ['people.email:lower,bits=24'],
    indexKey: `file:${scene.folder}/third.key`,
  };
  const planned = planInProcess(scene, { columns: ['people.email'], format: 'fernet', ...shorter });
  await expect(planned).rejects.toMatchObject({ code: 'KT_INDEX_DIFFERS', exitCode: 2 });
  expect(scene.values('SELECT lower(hex(email_domain_bidx)) FROM people WHERE id = 4')).toEqual([
    referenceIndex(domain, 'ex1.org'),
  ]);
  const [byName, byDomain] = await search(scene, 'p7@EX1.org');
  expect(scene.values(`SELECT id FROM people WHERE ${byName?.where ?? ''}`)).toEqual([7n]);
  expect(scene.values(`SELECT count(*) FROM people WHERE ${byDomain?.where ?? ''}`)).toEqual([16n]);
  expect(
    scene.query(`EXPLAIN QUERY PLAN SELECT id FROM people WHERE ${byName?.where ?? ''}`)[0]?.[3],
  ).toContain('keyturn_bidx_1');

  scene.change((database) => {
    database.exec(`
      UPDATE people SET email = 'New@1' WHERE id = 1; UPDATE people SET email = NULL WHERE id = 2;
      UPDATE people SET email_encrypted = '${token('new', 'Cell@3')}' WHERE id = 3;
      UPDATE people SET email_bidx = x'00' WHERE id = 4; INSERT INTO people(id, email) VALUES (99, 'Last@99')`);
  });
  const [stale] = await verified(scene, 14);
  expect(stale).toMatchObject({
    column: 'email_bidx',
    stale: 2,
    staleRows: ['"id" = 3', '"id" = 4'],
  });
  await succeeds(scene, 'execute', ...run);
  expect(staleRows(scene, 'email_encrypted')).toEqual([]);
  expect((await verified(scene, 0)).map(({ stale: rows }) => rows)).toEqual([0, 0]);

  // Who gives the name has said yes.
  const confirmed = ['--confirm', 'people.email', '--drop-unique', ...run.slice(1)];
  await succeeds(scene, 'finalize', ...confirmed);
  await succeeds(scene, 'rollback', ...run);
  expect(scene.values("SELECT name FROM pragma_table_info('people')")).toEqual(['id', 'email']);
  expect(scene.values("SELECT name FROM sqlite_schema WHERE name LIKE 'keyturn_bidx%'")).toEqual([]);
  expect(scene.values('SELECT email FROM people WHERE id > 4')).toEqual([
    ...before.slice(4).map(([, email]) => email),
    'Last@99',
  ]);
});

test('an index whose column somebody drops is named, made again where it is asked for, and in no way of others', async () => {
  const scene = createPeople(20);
  const drop = (): void => {
    dropColumn(scene, 'email_bidx');
  };
  await succeeds(scene, 'encrypt', ...inPlace, ...byLower, ...run);
  drop();
  const { code, stdout } = await scene.run('verify', '--json');
  expect(code).toBe(0);
  expect((JSON.parse(stdout) as VerifyResult).warnings[0]).toContain('people.email_bidx is gone');
  const searched = await scene.runWith({ input: 'a' }, 'index-of', '--column', 'people.email', '--json');
  expect(errorOf(searched)).toMatchObject({ code: 'KT_NO_INDEX', exitCode: 17 });

  scene.change((database) => database.exec("INSERT INTO people(email) VALUES ('late@ex.org')"));
  expect((await succeeds(scene, 'encrypt', ...inPlace, ...run)).cells.rewritten).toBe(1);
  await succeeds(scene, 'encrypt', ...inPlace, ...byLower, ...run);
  expect(staleRows(scene, 'email')).toEqual([]);
  drop();
  await succeeds(scene, 'decrypt', ...inPlace, ...run);
  expect(scene.values("SELECT name FROM pragma_table_info('people')")).toEqual(['id', 'email']);
  expect(scene.values('SELECT email FROM people WHERE id = 21')).toEqual(['late@ex.org']);

  await succeeds(scene, 'encrypt', ...into, ...byLower, ...run);
  scene.change((database) => database.exec('ALTER TABLE people RENAME COLUMN email_bidx TO other'));
  expect((await succeeds(scene, 'execute', ...run)).state).toBe('ready');
  expect(staleRows(scene, 'email_encrypted')).toEqual([]);
});

test('in place, an index comes with the cells, another one later, and both go when the column is decrypted', async () => {
  const scene = createPeople(30);
  await succeeds(scene, 'encrypt', ...inPlace, ...byLower, ...run);
  expect(staleRows(scene, 'email')).toEqual([]);
  const again = await succeeds(scene, 'encrypt', ...inPlace, ...byLower, ...run);
  expect(again.state).toBe('nothing to do');
  const second = ['--blind-index', 'people.email:exact,bits=32,column=exactly', ...indexKey];
  expect((await succeeds(scene, 'encrypt', ...inPlace, ...second, ...run)).cells.rewritten).toBe(24);
  scene.change((database) => {
    database.exec("UPDATE people SET exactly = x'00000000' WHERE id = 3");
  });
  expect((await verified(scene, 14))[1]).toMatchObject({ column: 'exactly', stale: 1 });
  expect((await succeeds(scene, 'encrypt', ...inPlace, ...run)).cells.rewritten).toBe(1);
  const terms = await search(scene, 'P7@Ex1.org');
  expect(terms.map(({ column, bits }) => [column, bits])).toEqual([
    ['email_bidx', 128],
    ['exactly', 32],
  ]);
  for (const { where } of terms)
    expect(scene.values(`SELECT id FROM people WHERE ${where ?? ''}`)).toEqual([7n]);
  await succeeds(scene, 'decrypt', ...inPlace, ...run);
  expect(scene.values("SELECT name FROM pragma_table_info('people')")).toEqual(['id', 'email']);
  expect(scene.values('SELECT email FROM people WHERE id = 7')).toEqual(['P7@Ex1.org']);
});

test.each([
  ['in place', inPlace, 'email'],
  ['into another column', into, 'email_encrypted'],
] as const)('stale blind index after a kill: there is none, %s', async (_, flags, cells) => {
  const scene = createPeople(100);
  const steps = [
    'columns expanded:1',
    'cells replaced:2',
    'chunk completed:3',
    'before commit:7',
    'after commit:8',
  ];
  for (const step of steps) {
    const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: step };
    const command = [...flags, ...byLower, ...run, '--batch-rows', '10'];
    const { signal } = await scene.runWith({ env }, 'encrypt', ...command);
    expect(signal, step).toBe('SIGKILL');
    expect(staleRows(scene, cells)).toEqual([]);
  }
  await succeeds(scene, 'encrypt', ...flags, ...byLower, ...run);
  expect(staleRows(scene, cells)).toEqual([]);
  expect((await verified(scene, 0))[0]).toMatchObject({ current: 100, stale: 0, unknown: 0 });
});

test('an index goes to another key beside the old one, takes its place at once, and is never stale, killed or not', async () => {
  const scene = createPeople(100);
  const fourth = createHash('sha256').update('fourth').digest();
  writeFernetKeyFile(join(scene.folder, 'fourth.key'), fourth);
  const nextOf = (cell: string): string => referenceIndex(lower, opened('new', cell).toLowerCase(), fourth);
  await succeeds(
    scene,
    'encrypt',
    ...inPlace.slice(0, 2),
    '--key',
    'file:old.key',
    '--format',
    'fernet',
    ...byLower,
    ...run,
  );
  const keys = ['--old-key', 'file:old.key', '--new-key', 'file:new.key'];
  const rotation = [...keys, '--new-index-key', 'file:fourth.key', ...run];
  const before = scene.values('SELECT email_bidx FROM people');
  for (const step of ['columns expanded:1', 'chunk completed:3', 'census finished:1']) {
    const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: step };
    const { signal } = await scene.runWith({ env }, 'rotate', ...rotation, '--batch-rows', '10');
    expect(signal, step).toBe('SIGKILL');
  }
  expect((await succeeds(scene, 'rotate', ...rotation)).state).toBe('ready');
  expect(scene.values('SELECT email_bidx FROM people')).toEqual(before);
  const terms = await search(scene, 'p7@ex1.org', []);
  expect(terms.map(({ column }) => column)).toEqual(['email_bidx', 'email_bidx_next']);
  for (const { where } of terms)
    expect(scene.values(`SELECT id FROM people WHERE ${where ?? ''}`)).toEqual([7n]);

  scene.change((database) => {
    const cell = token('new', 'Only@Old');
    database.exec(
      `UPDATE people SET email = '${cell}', email_bidx = x'${referenceIndex(lower, 'only@old')}' WHERE id = 1`,
    );
  });
  dropColumn(scene, 'email_bidx_next');
  for (const step of ['before commit:3', 'indexes swapped:1', 'pass finished:2']) {
    const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: step };
    const { signal } = await scene.runWith({ env }, 'finalize', ...run);
    expect(signal, step).toBe('SIGKILL');
  }
  // It has the place of the old one by then, and is made again there.
  dropColumn(scene, 'email_bidx');
  expect((await succeeds(scene, 'finalize', ...run)).state).toBe('succeeded');
  const rows = scene.query('SELECT email, lower(hex(email_bidx)) FROM people WHERE email IS NOT NULL');
  expect(rows.map(([, index]) => index)).toEqual(rows.map(([cell]) => nextOf(String(cell))));
  expect(scene.values("SELECT name FROM pragma_table_info('people')")).toEqual(['id', 'email', 'email_bidx']);
  expect((await succeeds(scene, 'rotate', ...rotation)).state).toBe('nothing to do');

  const back = [
    '--old-key',
    'file:new.key',
    '--new-key',
    'file:new.key',
    '--new-index-key',
    'file:third.key',
    ...run,
  ];
  expect((await succeeds(scene, 'rotate', ...back)).state).toBe('ready');
  await succeeds(scene, 'rollback', ...run);
  expect(scene.values("SELECT name FROM pragma_table_info('people')")).toEqual(['id', 'email', 'email_bidx']);
  expect(scene.query('SELECT email, lower(hex(email_bidx)) FROM people WHERE email IS NOT NULL')).toEqual(
    rows,
  );
});

test('a unique index keeps rows apart that are equal but for their case, and names the one that it refuses', async () => {
  const scene = createPeople(4);
  scene.change((database) => {
    database.exec("INSERT INTO people(id, email) VALUES (50, 'p1@ex1.org')");
  });
  const unique = ['--blind-index', 'people.email:lower,unique', ...indexKey];
  const { code, stdout } = await scene.run('encrypt', ...into, ...unique, ...run);
  expect(code).toBe(3);
  const { issues, warnings } = JSON.parse(stdout) as RunResult;
  expect(issues).toMatchObject([{ reason: 'refused', cells: 1, places: [{ rowKey: '50' }] }]);
  // It used to be said to be under the old key, of which there is none.
  expect(warnings.join()).toContain('1 of them is still plaintext');
});

test.each([
  ['KT_KEYS_EQUAL', 12, [...byLower.slice(0, 2), '--index-key', 'file:new.key']],
  ['KT_KEY_MISSING', 2, byLower.slice(0, 2)],
  ['KT_INDEX_FORM', 2, ['--blind-index', 'people.email', ...indexKey]],
  ['KT_INDEX_FORM', 2, ['--blind-index', 'people.email:lower,bits=7', ...indexKey]],
  ['KT_UNKNOWN_NORMALISER', 2, ['--blind-index', 'people.email:lowercase', ...indexKey]],
  ['KT_INDEX_COLUMN', 2, ['--blind-index', 'people.id:exact', ...indexKey]],
  ['KT_INDEX_TOO_SHORT', 2, ['--blind-index', 'people.email:lower,bits=8,unique', ...indexKey]],
  ['KT_COLUMN_TAKEN', 2, ['--blind-index', 'people.email:lower,column=id', ...indexKey]],
  [
    'KT_COLUMN_TAKEN',
    2,
    [
      '--blind-index',
      'people.email:lower,column=b',
      '--blind-index',
      'people.email:exact,column=b',
      ...indexKey,
    ],
  ],
] as const)('%s (exit %i) before the first write', async (code, exitCode, flags) => {
  const scene = createPeople(4);
  const refused = await scene.run('encrypt', ...into, ...flags, ...run);
  expect(errorOf(refused)).toMatchObject({ code, exitCode });
  expect(scene.values("SELECT count(*) FROM sqlite_schema WHERE name LIKE 'keyturn%'")).toEqual([0n]);
});

test('index-of wants the key of the index, a value and a column that has one', async () => {
  const scene = createPeople(4);
  const ask = (input: string, ...flags: readonly string[]) =>
    scene.runWith({ input }, 'index-of', '--json', '--column', ...flags);
  expect(errorOf(await ask('x', 'people.email'))).toMatchObject({ code: 'KT_NO_INDEX', exitCode: 17 });
  await succeeds(scene, 'encrypt', ...inPlace, '--blind-index', 'people.email:domain', ...indexKey, ...run);
  expect(errorOf(await ask('x', 'people.email', '--index-key', 'file:new.key'))).toMatchObject({
    code: 'KT_WRONG_KEY',
    exitCode: 12,
  });
  expect(errorOf(await ask('', 'people.email'))).toMatchObject({ code: 'KT_NO_VALUE', exitCode: 2 });
  expect(errorOf(await ask('x', 'people.id'))).toMatchObject({ code: 'KT_NO_INDEX', exitCode: 17 });
  expect(errorOf(await ask('x', 'people.email', '--index-key', '-'))).toMatchObject({ code: 'KT_USAGE' });
  const none = await ask('no domain', 'people.email');
  expect((JSON.parse(none.stdout) as IndexOfResult).indexes[0]).toMatchObject({ term: null, where: null });
});
