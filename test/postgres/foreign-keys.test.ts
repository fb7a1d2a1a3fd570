import { expect, test } from 'vitest';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { createSceneOn, databaseKinds, type AnyScene } from '../support/scene-on.ts';
import { errorOf, rotationKeys, token } from '../support/scene.ts';
import { succeeds } from '../support/succeeds.ts';

/** Tables whose rows refer to `shops`; the first of them sorts before it. */
const shops = (action: string): string => `
  CREATE TABLE shops(id integer PRIMARY KEY, code text UNIQUE);
  CREATE TABLE a_visits(id integer PRIMARY KEY, shop text REFERENCES shops(code) ${action});
  CREATE TABLE visits(id integer PRIMARY KEY, shop text REFERENCES shops(code) ${action} DEFERRABLE INITIALLY DEFERRED);
  INSERT INTO shops VALUES (1, 'north'), (2, 'south'), (3, NULL);
  INSERT INTO a_visits VALUES (1, 'south'), (2, NULL), (3, 'south');
  INSERT INTO visits VALUES (1, 'north'), (2, 'north');`;

const follow = 'ON UPDATE CASCADE';
const quiet = ['--yes', '--json', '--progress', 'none'];

function encryption(...columns: readonly string[]): readonly string[] {
  return [...columns.flatMap((column) => ['--column', column]), '--key', 'file:new.key', ...quiet];
}

/** A command must be refused for a foreign key before it has written anything; returns what it hints at. */
async function isRefused(
  scene: AnyScene,
  command: string,
  ...flags: readonly string[]
): Promise<readonly string[]> {
  const refused = await scene.run(command, ...flags);
  expect(refused.code, refused.stdout).toBe(2);
  const { code, hints } = errorOf(refused);
  expect(code).toBe('KT_FOREIGN_KEY');
  const isSqlite = scene.url === 'fleet.db';
  const [catalogue, name] = isSqlite ? ['sqlite_schema', 'name'] : ['pg_class', 'relname'];
  expect(await scene.query(`SELECT ${name} FROM ${catalogue} WHERE ${name} LIKE 'keyturn%'`)).toEqual([]);
  return hints;
}

test.each(databaseKinds)(
  'what refers to an encrypted column follows it, or nothing is encrypted (%s)',
  async (kind) => {
    const scene = await createSceneOn(kind, shops(follow));
    const before = await scene.dump();
    const both = ['visits.shop', 'a_visits.shop', 'shops.code'];
    expect(await isRefused(scene, 'encrypt', ...encryption(...both))).toEqual([
      'bind them to no place: --column shops.code --bind none',
    ]);
    // A plan shows all of them, beside everything else.
    const named = both.flatMap((column) => ['--encrypt', column]);
    const planned = await scene.run('plan', ...named, '--key', 'file:new.key', '--json');
    const { columns, obstacles } = JSON.parse(planned.stdout) as PlanResult;
    expect(columns.map(({ table, column }) => `${table}.${column}`).sort()).toEqual(both.toSorted());
    expect(obstacles.map(({ table }) => table).sort()).toEqual(['a_visits', 'visits']);
    const [hint] = await isRefused(scene, 'encrypt', ...encryption('visits.shop'));
    expect(hint).toContain('--column shops.code --bind none');
    await succeeds(scene, 'encrypt', ...encryption(...both), '--bind', 'none');
    const strays = `SELECT count(*) FROM visits WHERE shop NOT IN (SELECT code FROM shops WHERE code LIKE 'kt1.%')`;
    expect(await scene.query(strays)).toEqual([['0']]);
    await succeeds(scene, 'decrypt', ...encryption(...both));
    expect(await scene.dump()).toEqual(before);
  },
);

test.each(databaseKinds)('a column is not emptied while rows refer to its values (%s)', async (kind) => {
  const scene = await createSceneOn(kind, shops(follow));
  const before = await scene.dump();
  const columns = ['shops.code', 'a_visits.shop'];
  await succeeds(scene, 'encrypt', ...encryption(...columns), '--into', '{column}_sealed');
  const finalize = ['--confirm', 'shops.code,a_visits.shop', '--drop-unique', ...quiet];
  const refused = await scene.run('finalize', ...finalize);
  expect(errorOf(refused)).toMatchObject({ code: 'KT_NULL_REFUSED', exitCode: 2 });
  await succeeds(scene, 'rollback', ...quiet);
  expect(await scene.dump()).toEqual(before);
});

test.each(databaseKinds)('a key that lets nothing change is named with the ways out (%s)', async (kind) => {
  const scene = await createSceneOn(kind, shops('').replaceAll('DEFERRABLE INITIALLY DEFERRED', ''));
  const hints = await isRefused(scene, 'encrypt', ...encryption('shops.code', 'a_visits.shop'));
  expect(hints[0]).toContain('declare it ON UPDATE CASCADE');
});

test('a column follows another one of its own table', async () => {
  const scene = await createSceneOn(
    'postgres',
    `CREATE TABLE staff(id integer PRIMARY KEY, badge text UNIQUE, boss text REFERENCES staff(badge) ${follow});
     INSERT INTO staff VALUES (1, 'anna', 'anna'), (2, 'ben', 'anna'), (3, 'cleo', 'ben');`,
  );
  const before = await scene.dump();
  const both = encryption('staff.badge', 'staff.boss');
  expect(await isRefused(scene, 'encrypt', ...both, '--bind', 'none')).toEqual([
    'leave it out, it follows: --column staff.badge --bind none',
  ]);
  await succeeds(scene, 'encrypt', ...encryption('staff.badge'), '--bind', 'none');
  await succeeds(scene, 'decrypt', ...encryption('staff.badge'));
  expect(await scene.dump()).toEqual(before);
});

/** The same with cells under the old key in place of each value. */
function sealed(sql: string): string {
  const cells = new Map<string, string>();
  return sql.replace(/'(?:north|south)'/gu, (value) => {
    const cell = cells.get(value) ?? token('old', value);
    cells.set(value, cell);
    return `'${cell}'`;
  });
}

test('a rotation of cells that others refer to takes them along, or nothing; never without them', async () => {
  const scene = await createPostgresScene(sealed(shops(follow)));
  const quieted = await scene.run('rotate', ...rotationKeys, ...quiet, '--triggers', 'suppress');
  expect(errorOf(quieted)).toMatchObject({ code: 'KT_FOREIGN_KEY', exitCode: 2 });
  await succeeds(scene, 'rotate', ...rotationKeys, ...quiet);
});

test.each(databaseKinds)(
  'a plan says for which foreign keys a rotation is refused, and goes on with the rest (%s)',
  async (kind) => {
    const stubborn = shops('').replaceAll('DEFERRABLE INITIALLY DEFERRED', '');
    const scene = await createSceneOn(kind, sealed(stubborn));
    const planned = await scene.run('plan', ...rotationKeys, '--json');
    const { outcome, obstacles, next } = JSON.parse(planned.stdout) as PlanResult;
    expect(outcome).toBe('planned');
    expect(obstacles).toContainEqual({
      kind: 'foreign key',
      table: 'visits',
      columns: ['shop'],
      refersTo: { table: 'shops', column: 'code' },
      consequence:
        'rows refer by visits.shop to shops.code, by a foreign key that lets nothing they refer to change',
      hints: expect.arrayContaining([expect.stringContaining('ON UPDATE CASCADE')]) as unknown,
    });
    expect(next).toEqual([expect.stringMatching(/^keyturn plan .* # once the foreign keys are seen to$/u)]);
    const shown = await scene.run('plan', ...rotationKeys);
    expect(shown.stdout).toContain('lets nothing they refer to change: a run is refused (KT_FOREIGN_KEY)');
    const hints = await isRefused(scene, 'rotate', ...rotationKeys, ...quiet);
    expect(hints.join()).toContain('--exclude shops.code --exclude visits.shop');
    expect(shown.stdout).toContain(hints[0]);
  },
);

test.each(databaseKinds)(
  'a column that is left out and follows all the same keeps no old key (%s)',
  async (kind) => {
    const scene = await createSceneOn(
      kind,
      sealed(`${shops(follow)}
      CREATE TABLE tills(id integer PRIMARY KEY, visit_shop text REFERENCES shops(code) ${follow}, code text GENERATED ALWAYS AS (visit_shop) STORED);
      INSERT INTO tills(id, visit_shop) VALUES (1, 'north')`),
    );
    const left = ['visits.shop', 'a_visits.shop', 'tills.visit_shop', 'tills.code'];
    const flags = left.flatMap((column) => ['--exclude', column]);
    const plan = JSON.parse(
      (await scene.run('plan', ...rotationKeys, ...flags, '--json')).stdout,
    ) as PlanResult;
    expect(
      plan.excluded.map(({ table, column, reason }) => [`${table}.${column}`, reason.split(' ')[0]]).sort(),
    ).toEqual([
      ['a_visits.shop', 'rewritten'],
      ['tills.code', 'generated'],
      ['tills.visit_shop', 'rewritten'],
      ['visits.shop', 'rewritten'],
    ]);
    expect(plan.warnings).toEqual([]);
    const run = await succeeds(scene, 'rotate', ...rotationKeys, ...quiet, ...flags);
    expect(run.remains.join()).not.toContain('shop');
  },
);
