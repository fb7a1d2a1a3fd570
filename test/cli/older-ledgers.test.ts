import { expect, test } from 'vitest';
import { currentSchemaVersion } from '../../src/lib/ledger/schema-migrations.ts';
import { ageLedger } from '../support/older-ledger.ts';
import { createScene, opened, rotationKeys, tableOf, token, type Scene } from '../support/scene.ts';

const values = Array.from({ length: 60 }, (_, row) => `value ${row}`);

/** A rotation killed half way, in the ledger of an older keyturn. */
async function interrupted(version: number): Promise<Scene> {
  const scene = createScene(tableOf(...values.map((value) => token('old', value))));
  const killer = new URL('../support/kill-at-step.js', import.meta.url).href;
  const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: 'chunk completed:4' };
  const flags = [...rotationKeys, '--yes', '--batch-rows', '7'];
  expect((await scene.runWith({ env }, 'rotate', ...flags)).signal).toBe('SIGKILL');
  await ageLedger(scene.path, version);
  return scene;
}

async function json(scene: Scene, command: string, ...flags: readonly string[]): Promise<unknown> {
  const { stdout } = await scene.run(command, ...flags, '--json');
  return JSON.parse(stdout);
}

const everyOlderVersion = Array.from({ length: currentSchemaVersion - 1 }, (_, index) => index + 1);

test.each(everyOlderVersion)(
  'a ledger of version %i is read as it is, upgraded by the next run, and gone on with to the end',
  async (version) => {
    const scene = await interrupted(version);
    const versionNow = (): unknown =>
      Number(scene.values("SELECT value FROM keyturn_meta WHERE name = 'schema_version'")[0]);

    expect(await json(scene, 'status')).toMatchObject({ state: 'interrupted', rows: { done: 21 } });
    expect(await json(scene, 'audit verify')).toMatchObject({ outcome: 'intact' });
    const { stdout: log } = await scene.run('audit log');
    expect(log).toMatch(/migration planned[^]*run opened[^]*migration running/u);
    expect(await json(scene, 'verify')).toMatchObject({
      outcome: 'old key found',
      total: { new: 21, old: 39 },
    });
    expect(await json(scene, 'doctor')).toMatchObject({ counts: { fail: 0 } });
    expect(versionNow()).toBe(version);

    expect(await json(scene, 'execute', '--yes')).toMatchObject({
      state: 'succeeded',
      cells: { rewritten: 60 },
    });
    expect(versionNow()).toBe(currentSchemaVersion);
    expect(await json(scene, 'audit verify')).toMatchObject({ outcome: 'intact' });
    expect(await json(scene, 'rollback', '--yes')).toMatchObject({ state: 'succeeded' });
    expect(scene.values('SELECT cell FROM t').map((cell) => opened('old', cell))).toEqual(values);
  },
);
