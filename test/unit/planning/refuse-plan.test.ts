import { describe, expect, test } from 'vitest';
import { createRawDatabase, databaseOf, openForReading } from './databases.ts';
import { fillFleet } from './fleet.ts';
import { token } from './keys.ts';
import { errorOf, plan } from './plans.ts';

describe('refusals', () => {
  test('a database without any encrypted column is an error that says what was looked at', async () => {
    const database = await databaseOf((file) =>
      file.exec("CREATE TABLE t(a, b); INSERT INTO t VALUES ('x', 1)"),
    );
    const error = await errorOf(plan(database));
    expect(error).toMatchObject({ code: 'KT_NOTHING_FOUND', exitCode: 17 });
    expect(error.message).toBe('found no encrypted column to plan for: looked at t (2 columns, 1 row)');
  });

  test('a database without tables is the same error', async () => {
    const error = await errorOf(
      plan(await openForReading(createRawDatabase((file) => file.pragma('user_version = 1')))),
    );
    expect(error).toMatchObject({ code: 'KT_NOTHING_FOUND', exitCode: 17 });
  });

  test('keys that open nothing are wrong, and the columns are named', async () => {
    const error = await errorOf(
      plan(
        await databaseOf((file) => {
          fillFleet(file, 'third');
        }),
      ),
    );
    expect(error).toMatchObject({ code: 'KT_WRONG_KEY', exitCode: 12 });
    expect(error.message).toMatch(
      /^neither the old nor the new key opens any cell: agent_db_keys\.key_encrypted, /u,
    );
  });

  test('an old key that opens nothing beside new and unknown cells is wrong', async () => {
    const database = await databaseOf((file) => {
      file.exec('CREATE TABLE half(cell)');
      file.prepare('INSERT INTO half VALUES (?), (?)').run(token('new'), token('third'));
    });
    const error = await errorOf(plan(database));
    expect(error).toMatchObject({ code: 'KT_WRONG_KEY', exitCode: 12 });
    expect(error.message).toMatch(/the old key opens nothing.*: half\.cell$/u);
  });
});
