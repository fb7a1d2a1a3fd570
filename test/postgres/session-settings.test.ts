import { expect, test } from 'vitest';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { literal } from '../support/postgres/token-table.ts';
import { rotationKeys, token } from '../support/scene.ts';

/** What an administrator may have set for a database or a role; each changes what some statement means or how long it may take. */
const settings = {
  array_nulls: 'off',
  backslash_quote: 'on',
  bytea_output: 'escape',
  client_encoding: 'LATIN1',
  datestyle: 'SQL, DMY',
  default_transaction_isolation: 'serializable',
  default_transaction_read_only: 'on',
  escape_string_warning: 'off',
  extra_float_digits: '-15',
  intervalstyle: 'sql_standard',
  lock_timeout: '1ms',
  quote_all_identifiers: 'on',
  standard_conforming_strings: 'off',
  statement_timeout: '1s',
  timezone: 'Asia/Kathmandu',
  transform_null_equals: 'on',
  xmlbinary: 'hex',
} as const;

const oldToken = literal(token('old', 'größe'));
const table = String.raw`CREATE TABLE "odd\table"(id int PRIMARY KEY, "odd\'cell" text, raw bytea, list text[], name text NOT NULL DEFAULT 'a\b');
  INSERT INTO "odd\table" SELECT n, ${oldToken}, convert_to(${oldToken}, 'UTF8'), ARRAY[NULL, ${oldToken}, 'NULL', ''], 'größe \' || n
  FROM generate_series(1, 3) n`;

// The missing elements of an array once came back as texts that say "NULL" where array_nulls was off.
test('what is set for the database or the user does not change what a run does', async () => {
  const scene = await createPostgresScene(table);
  const content = String.raw`SELECT id, list[1] AS missing, list[3] AS text, list[4] AS empty, name FROM "odd\table" ORDER BY id`;
  // It keeps what it has begun with.
  const application = await scene.connect();
  const { rows: before } = await application.query(content);
  const all = Object.entries(settings).map(
    ([name, value]) => `ALTER DATABASE %1$I SET ${name} = ${literal(value)};`,
  );
  await application.query(
    `DO $$ BEGIN EXECUTE format($set$${all.join('\n')}$set$, current_database()); END $$`,
  );
  const quiet = ['--yes', '--progress', 'none'];
  const key = [
    '--key',
    'file:third.key',
    '--column',
    String.raw`"odd\table".name`,
    '--into',
    '{column}_cells',
  ];
  const steps: readonly (readonly [string, ...string[]])[] = [
    ['rotate', ...rotationKeys, '--unrecognised', 'leave'],
    ['verify'],
    ['encrypt', ...key],
    ['rollback'],
  ];
  for (const [command, ...flags] of steps) {
    const args = [...flags, ...(command === 'verify' ? [] : quiet)];
    // Whoever has set the database to read only meant keyturn, too, until somebody says otherwise; it once wrote all the same.
    if (command === 'rotate') {
      const refused = await scene.run(command, ...args);
      expect(refused).toMatchObject({ code: 15 });
      expect(refused.stderr).toContain('it is set to read only (default_transaction_read_only)');
    }
    const env = { PGOPTIONS: '-c default_transaction_read_only=off' };
    const done = await scene.runWith({ env }, command, ...args);
    expect(done.code, `${command}: ${done.stderr}`).toBe(0);
  }
  expect((await application.query(content)).rows).toEqual(before);
});
