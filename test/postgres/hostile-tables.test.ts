import { expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { VerifyResult } from '../../src/lib/cli/results/verify-result.ts';
import { renderColumnName } from '../../src/lib/model/columns/column-name.ts';
import { hostilePrelude, hostileTables } from '../support/postgres/hostile-tables.ts';
import { createPostgresScene } from '../support/postgres/postgres-scene.ts';
import { rotationKeys } from '../support/scene.ts';

test('tables of every kind are rotated and rolled back, each of their cells once', async () => {
  const scene = await createPostgresScene(
    [hostilePrelude, ...hostileTables.map(({ sql }) => sql)].join('\n'),
  );
  const rotation = await scene.run('rotate', ...rotationKeys, '--yes', '--batch-rows', '2');
  expect(rotation.code, rotation.stderr).toBe(0);
  for (const [direction, command] of [
    ['new', 'verify'],
    ['old', 'rollback'],
  ] as const) {
    if (command === 'rollback') expect(await scene.run('rollback', '--yes')).toMatchObject({ code: 0 });
    const keys = ['--old-key', 'file:old.key', '--new-key', 'file:new.key'];
    const { stdout } = await scene.run('verify', ...keys, '--json');
    const { columns } = JSON.parse(stdout) as VerifyResult;
    for (const { title, table, column, cells } of hostileTables) {
      const found = columns.find((one) => one.table === table && one.column === column);
      expect(found?.cells, `${title}: ${stdout}`).toMatchObject({ old: 0, new: 0, [direction]: cells });
    }
  }
});

/** There is no room for the cell of a token in these. */
const roomless = ['char', 'a domain'];

test('values in tables of every kind are encrypted in place, some with a blind index, and taken back byte for byte', async () => {
  const scene = await createPostgresScene(
    [hostilePrelude, ...hostileTables.map(({ sql }) => sql)].join('\n'),
  );
  const tables = hostileTables.filter(({ title }) => !roomless.includes(title));
  const read = async (): Promise<readonly unknown[]> => {
    const rows = tables.map(({ table }) => scene.query(`SELECT t::text FROM ONLY ${table} AS t ORDER BY 1`));
    return Promise.all(rows);
  };
  const before = await read();
  const names = tables.map(({ table, column }) => renderColumnName({ table, column }));
  const indexed = names.filter((name) =>
    /_a_(?:key_of_several_columns|text_key|unique_index_for_a_key)\./u.test(name),
  );
  // Tokens that were encrypted long ago are as good a value as any other.
  const encryption = await scene.run(
    'encrypt',
    ...names.flatMap((name) => ['--column', name, '--assume-plaintext', name]),
    ...indexed.flatMap((name) => ['--blind-index', `${name}:exact`]),
    ...['--key', 'file:new.key', '--index-key', 'file:third.key', '--bind', 'column'],
    ...['--yes', '--json', '--batch-rows', '2'],
  );
  expect(encryption.code, encryption.stdout + encryption.stderr).toBe(0);
  expect((JSON.parse(encryption.stdout) as RunResult).cells).toMatchObject({
    rewritten: tables.reduce((sum, { cells }) => sum + cells, 0),
    quarantined: 0,
  });
  expect(indexed).toHaveLength(3);
  expect(JSON.stringify(await read())).not.toContain('gAAAA');
  const rollback = await scene.run('rollback', '--yes', '--batch-rows', '2');
  expect(rollback.code, rollback.stdout + rollback.stderr).toBe(0);
  expect(await read()).toEqual(before);
});
