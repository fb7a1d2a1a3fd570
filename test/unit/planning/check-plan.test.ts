import { copyFileSync, renameSync } from 'node:fs';
import Database from 'better-sqlite3';
import { describe, expect, test } from 'vitest';
import type { KeyturnError } from '../../../src/lib/model/keyturn-error.ts';
import { checkPlan, type PlanSurroundings } from '../../../src/lib/planning/check-plan.ts';
import { createDatabase, openForReading } from './databases.ts';
import { fillFleet } from './fleet.ts';
import { keys } from './keys.ts';
import { errorOf, plan } from './plans.ts';

const surroundings: PlanSurroundings = { oldKey: keys.old, newKey: keys.new, identity: 'same database' };

/** Plans a fleet database and opens it again. */
async function plannedFleet() {
  const path = createDatabase(fillFleet);
  const { plan: made } = await plan(await openForReading(path));
  return { path, made, database: await openForReading(path) };
}

/** The error of a check after the schema was changed. */
async function afterChange(sql: string): Promise<KeyturnError> {
  const { path, made, database } = await plannedFleet();
  const file = new Database(path);
  file.exec(sql);
  file.close();
  return errorOf(checkPlan(made, database, surroundings));
}

test('a plan fits the database it was made for, also after rows were written', async () => {
  const { path, made, database } = await plannedFleet();
  const file = new Database(path);
  file.exec("INSERT INTO machines(machine_id) VALUES ('new'); DELETE FROM commands; CREATE TABLE other(x)");
  file.close();
  await expect(checkPlan(made, database, surroundings)).resolves.toBeUndefined();
});

describe('a plan is stale', () => {
  test.each([
    ['DROP TABLE commands', 'table commands is gone'],
    [
      'ALTER TABLE machines RENAME COLUMN info_json_encrypted TO info',
      'column machines.info_json_encrypted is gone',
    ],
    ['ALTER TABLE machines ADD COLUMN note', 'the columns, keys or triggers of table machines have changed'],
    [
      'CREATE TRIGGER touch AFTER UPDATE ON machines BEGIN SELECT 1; END',
      'the columns, keys or triggers of table machines have changed',
    ],
  ])('after %s', async (sql, why) => {
    const error = await afterChange(sql);
    expect(error).toMatchObject({ code: 'KT_STALE_PLAN', exitCode: 13 });
    expect(error.message).toBe(`the plan does not fit any more: ${why}`);
    expect(error.hints).toEqual(['keyturn plan --output plan.json --overwrite']);
  });

  test('where it leaves out a trigger that a run would fire', async () => {
    const path = createDatabase((database) => {
      fillFleet(database);
      database.exec('CREATE TRIGGER touch AFTER UPDATE ON machines BEGIN SELECT 1; END');
    });
    const { plan: made } = await plan(await openForReading(path));
    const database = await openForReading(path);
    await expect(checkPlan(made, database, surroundings)).resolves.toBeUndefined();
    const error = await errorOf(checkPlan({ ...made, obstacles: [] }, database, surroundings));
    expect(error).toMatchObject({ code: 'KT_STALE_PLAN' });
    expect(error.message).toMatch(/trigger "touch" of table machines would fire$/u);
  });

  test('for a copy of its database, and for a file that took its place', async () => {
    const { path, made } = await plannedFleet();
    copyFileSync(path, `${path}.copy`);
    const copy = await openForReading(`${path}.copy`);
    const elsewhere = await errorOf(checkPlan(made, copy, surroundings));
    expect(elsewhere).toMatchObject({ code: 'KT_STALE_PLAN', exitCode: 13 });
    expect(elsewhere.message).toContain(`"${path}"`);
    renameSync(`${path}.copy`, path);
    const replaced = await errorOf(checkPlan(made, await openForReading(path), surroundings));
    expect(replaced).toMatchObject({ code: 'KT_STALE_PLAN', exitCode: 13 });
    expect(replaced.message).toContain('it was replaced since');
  });
});

test('a plan out of the ledger fits a copy of the database as well', async () => {
  const { path, made } = await plannedFleet();
  copyFileSync(path, `${path}.copy`);
  const copy = await openForReading(`${path}.copy`);
  await expect(checkPlan(made, copy, { ...surroundings, identity: 'any' })).resolves.toBeUndefined();
});

describe('keys must be those of the plan', () => {
  test.each([
    [{ oldKey: keys.third }, `the old key is ${keys.third.id}, but the plan was made for ${keys.old.id}`],
    [{ newKey: keys.third }, `the new key is ${keys.third.id}, but the plan was made for ${keys.new.id}`],
    [{ oldKey: keys.new, newKey: keys.old }, 'the old and the new key are the wrong way round for this plan'],
    [{ oldKey: { id: keys.old.id, checkValue: keys.third.checkValue } }, /^the old key is/u],
  ])('%#', async (given, message) => {
    const { made, database } = await plannedFleet();
    const error = await errorOf(checkPlan(made, database, { ...surroundings, ...given }));
    expect(error).toMatchObject({ code: 'KT_WRONG_KEY', exitCode: 12 });
    expect(error.message).toMatch(message);
    expect(error.hints[0]).toBe(
      'give the keys the plan was made for: --old-key file:old.key --new-key file:new.key',
    );
  });
});
