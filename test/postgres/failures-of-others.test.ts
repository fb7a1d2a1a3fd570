import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { insertRows, literal } from '../support/postgres/token-table.ts';
import type { KeyturnResult } from '../support/run-keyturn.ts';
import { createSceneOn, databaseKinds, type AnyScene } from '../support/scene-on.ts';
import { errorOf, opened, rotationKeys, token } from '../support/scene.ts';

/*
 * What scripts and tools that do this work are known to get wrong, each on both databases. More on
 * - cells under another key among plaintext: test/cli/encryption.test.ts;
 * - writes between read and write: test/concurrency/rows-changed-meanwhile.test.ts;
 * - columns without room: test/postgres/column-types.test.ts;
 * - composite keys: fixtures/schemas/composite-keys.sql and test/postgres/hostile-tables.test.ts;
 * - nothing to do: test/cli/databases.test.ts;
 * - blind indexes that are stale after a kill: test/cli/blind-indexes.test.ts and test/postgres/blind-indexes.test.ts.
 */

const flags = ['--yes', '--json', '--progress', 'none'] as const;

/** A table `people(id, email)` with these values, numbered from 1. */
function peopleOf(...emails: readonly (string | null)[]): string {
  const rows = emails.map((email, index) => [String(index + 1), email]);
  return `CREATE TABLE people(id integer PRIMARY KEY, email text); ${insertRows('people', ['id', 'email'], rows)}`;
}

function encryptionUnder(key: string): readonly string[] {
  return ['--column', 'people.email', '--key', `file:${key}.key`, '--format', 'fernet', ...flags];
}

function succeeded(result: KeyturnResult): RunResult {
  expect(result.code, result.stdout + result.stderr).toBe(0);
  return JSON.parse(result.stdout) as RunResult;
}

async function emailsOf(scene: AnyScene): Promise<readonly (string | null)[]> {
  return (await scene.query('SELECT email FROM people ORDER BY id')).map(([email]) => email ?? null);
}

describe.each(databaseKinds)('never on %s', (kind) => {
  test('is a cell encrypted a second time because the key is missing, or another one', async () => {
    const scene = await createSceneOn(kind, peopleOf('a@example.com', 'b@example.com', null));
    succeeded(await scene.run('encrypt', ...encryptionUnder('new')));
    const once = await emailsOf(scene);
    for (const [key, code] of [
      ['absent', 'KT_KEY_MISSING'],
      ['third', 'KT_WRONG_KEY'],
    ] as const) {
      const refused = await scene.run('encrypt', ...encryptionUnder(key));
      expect(errorOf(refused)).toMatchObject({ code, exitCode: 12 });
      expect(await emailsOf(scene)).toEqual(once);
    }
  });

  test('is an update lost that comes between read and write', async () => {
    const scene = await createSceneOn(kind, peopleOf('a@example.com', 'b@example.com', 'c@example.com', 'd'));
    const stop = { step: 'chunk transcoded', occurrence: 1, signal: 'SIGSTOP' } as const;
    const encryption = scene.start(['encrypt', ...encryptionUnder('new')], [stop]);
    await encryption.standsStill();
    await scene.change(`UPDATE people SET email = 'later@example.com' WHERE id = 1;
      UPDATE people SET email = NULL WHERE id = 2; DELETE FROM people WHERE id = 3`);
    encryption.signal('SIGCONT');
    const { code, stdout, stderr } = await encryption.ended;
    expect(code, stdout + stderr).toBe(0);
    const seen = (await emailsOf(scene)).map((email) => opened('new', email));
    expect(seen).toEqual(['later@example.com', 'no cell', 'd']);
  });

  test("does NULL become 'None', 'null' or an empty text, or one of these NULL", async () => {
    const values = [null, '', 'None', 'null', 'NULL', 'undefined', ' ', null];
    const scene = await createSceneOn(kind, peopleOf(...values));
    const before = await scene.dump();
    const { cells } = succeeded(await scene.run('encrypt', ...encryptionUnder('old')));
    expect(cells).toMatchObject({ rewritten: 5, null: 2, empty: 1 });
    succeeded(await scene.run('rotate', ...rotationKeys, ...flags));
    const stored = await emailsOf(scene);
    expect(stored.filter((value) => value === null || value === '')).toEqual([null, '', null]);
    expect(stored.slice(2, 7).map((cell) => opened('new', cell))).toEqual(values.slice(2, 7));
    succeeded(await scene.run('decrypt', ...encryptionUnder('new')));
    expect(await scene.dump()).toEqual(before);
  });

  test('is it called a success that there is no encrypted column', async () => {
    const scene = await createSceneOn(kind, peopleOf('a@example.com', null));
    const before = await scene.dump();
    for (const [command, args] of [
      ['rotate', [...rotationKeys, ...flags]],
      ['verify', ['--new-key', 'file:new.key', '--json']],
    ] as const) {
      const { code, stdout, stderr } = await scene.run(command, ...args);
      expect(code, stdout + stderr).toBe(17);
    }
    expect(await scene.dump()).toEqual(before);
  });

  test('is a row of a composite key skipped where a batch ends among rows of the same first part', async () => {
    // Numbers go down where the tenant goes up: "tenant > last AND number > last" finds but a few of these.
    const keys = ['a', 'b', 'c'].flatMap((tenant, place) =>
      Array.from({ length: 11 }, (_, index) => [tenant, String(100 - 20 * place + index)] as const),
    );
    const rows = keys.map(([tenant, number]) => [tenant, number, token('old', `${tenant}${number}`)]);
    const scene = await createSceneOn(
      kind,
      `CREATE TABLE people(tenant text, number integer, email text, PRIMARY KEY (tenant, number));
       ${insertRows('people', ['tenant', 'number', 'email'], rows)}`,
    );
    const { cells } = succeeded(await scene.run('rotate', ...rotationKeys, ...flags, '--batch-rows', '4'));
    expect(cells).toMatchObject({ rewritten: 33 });
    const stored = await scene.query('SELECT tenant, number, email FROM people ORDER BY tenant, number');
    expect(stored.map(([, , email]) => opened('new', email ?? null))).toEqual(
      keys.map((key) => key.join('')),
    );
  });
});

test('a cell is never cut to a column that is too short: the column is refused with what makes room', async () => {
  const scene = await createSceneOn(
    'postgres',
    `CREATE TABLE people(id integer PRIMARY KEY, email varchar(20)); INSERT INTO people VALUES (1, ${literal("o'neill@example.org")})`,
  );
  const before = await scene.dump();
  const refused = errorOf(await scene.run('encrypt', ...encryptionUnder('new')));
  expect(refused).toMatchObject({ code: 'KT_CELLS_TOO_LONG', exitCode: 2 });
  expect(await scene.dump()).toEqual(before);
  const [makesRoom = ''] = refused.hints;
  expect(makesRoom).toMatch(/^ALTER TABLE .* TYPE /u);
  await scene.change(makesRoom);
  succeeded(await scene.run('encrypt', ...encryptionUnder('new')));
  expect((await emailsOf(scene)).map((cell) => opened('new', cell))).toEqual(["o'neill@example.org"]);
});
