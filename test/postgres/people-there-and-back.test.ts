import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { peopleRows } from '../support/people-rows.ts';
import { createSceneOn, databaseKinds, type AnyScene } from '../support/scene-on.ts';
import { succeeds } from '../support/succeeds.ts';

/** SQLite has no literal for bytes that PostgreSQL knows, too. */
const afterwards = { sqlite: 'UPDATE employees SET photo = unhex(substr(photo, 3))', postgres: '' } as const;

function openShop(kind: keyof typeof afterwards): Promise<AnyScene> {
  const schema = readFileSync(new URL(`../../fixtures/people/${kind}.sql`, import.meta.url), 'utf8');
  return createSceneOn(kind, `${schema} ${peopleRows()} ${afterwards[kind]}`);
}

/** In the order in which `finalize` names them. */
const columns = [
  ...['customers.email', 'customers.phone', 'customers.address', 'customers.preferences'],
  ...['employees.email', 'employees.full_name', 'employees.tax_id', 'employees.salary', 'employees.born_on'],
  ...['employees.photo', 'orders.delivery_address'],
] as const;

/** There is no room for a cell in the type of these, or a check refuses it. */
const roomless = ['customers.phone', 'customers.preferences', 'employees.salary', 'employees.born_on'];
const roomy = columns.filter((column) => !roomless.includes(column));

const flags = ['--yes', '--json', '--progress', 'none'] as const;

function withKey(names: readonly string[]): readonly string[] {
  return [...names.flatMap((name) => ['--column', name]), '--key', 'file:new.key'];
}

/** How many values of these columns there are that are neither NULL nor empty. */
async function valuesIn(shop: AnyScene, names: readonly string[]): Promise<number> {
  const counts = names.map(async (name) => {
    const [table = '', column = ''] = name.split('.');
    const [row] = await shop.query(`SELECT count(nullif(CAST(${column} AS text), '')) FROM ${table}`);
    return Number(row?.[0]);
  });
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

describe.each(databaseKinds)('the people of a shop (%s)', (kind) => {
  test('are encrypted in place, and a rollback brings back every byte', async () => {
    const shop = await openShop(kind);
    const before = await shop.dump();
    expect(before.join()).toContain('Mario Rossi');
    const values = await valuesIn(shop, roomy);
    expect(await succeeds(shop, 'encrypt', ...withKey(roomy), ...flags)).toMatchObject({
      state: 'succeeded',
      cells: { rewritten: values, quarantined: 0 },
    });
    expect((await shop.dump()).join()).not.toContain('Mario Rossi');
    await succeeds(shop, 'rollback', ...flags);
    expect(await shop.dump()).toEqual(before);
  });

  test('go into new columns, their plaintext away with finalize, and a rollback brings back every byte', async () => {
    const shop = await openShop(kind);
    const before = await shop.dump();
    const values = await valuesIn(shop, columns);
    expect(
      await succeeds(shop, 'encrypt', ...withKey(columns), '--into', '{column}_encrypted', ...flags),
    ).toMatchObject({ state: 'ready', cells: { rewritten: values, quarantined: 0 } });
    expect(await valuesIn(shop, columns)).toBe(values);
    await succeeds(shop, 'finalize', '--confirm', columns.join(','), '--drop-unique', ...flags);
    expect((await shop.dump()).join()).not.toContain('Mario Rossi');
    await succeeds(shop, 'rollback', ...flags);
    expect(await shop.dump()).toEqual(before);
  });
});
