import { expect, test } from 'vitest';
import type { VerifyResult } from '../../src/lib/cli/results/verify-result.ts';
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
