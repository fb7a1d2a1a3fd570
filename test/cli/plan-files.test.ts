import { copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { bytesOf } from '../support/database-content.ts';
import { fernetKeyText, testKeys } from '../support/fleet-database.ts';
import { createScene, errorOf, opened, rotationKeys, tableOf, token, type Scene } from '../support/scene.ts';

const oneCell = tableOf(token('old', 'one'));
const planFlags = [...rotationKeys, '--output', 'plan.json'];

async function sceneWithPlan(): Promise<{ readonly scene: Scene; readonly plan: string }> {
  const scene = createScene(oneCell);
  expect((await scene.run('plan', ...planFlags)).code).toBe(0);
  return { scene, plan: readFileSync(join(scene.folder, 'plan.json'), 'utf8') };
}

/** Every way in which a file can fail to be a plan that was written for this. */
const damages: Readonly<Record<string, (plan: string) => string>> = {
  'an unknown field': (plan) => plan.replace('{', '{ "comment": "mine",'),
  'a newer version': (plan) => plan.replace('"planVersion": 1', '"planVersion": 2'),
  'an edited word': (plan) => plan.replace('"keep"', '"renew"'),
  'half of it': (plan) => plan.slice(0, plan.length / 2),
  nothing: () => '',
};

test('a plan file that is not as keyturn wrote it is refused (exit 13), one that is not there is exit 2', async () => {
  const { scene, plan } = await sceneWithPlan();
  const before = bytesOf(scene.path);
  for (const [name, damage] of Object.entries(damages)) {
    writeFileSync(join(scene.folder, 'damaged.json'), damage(plan));
    const result = await scene.run('execute damaged.json', '--yes', '--json');
    expect({ name, exitCode: errorOf(result).exitCode }).toEqual({ name, exitCode: 13 });
  }
  const rehearsal = await scene.run('dry-run damaged.json', '--json');
  expect(errorOf(rehearsal)).toMatchObject({ code: 'KT_PLAN_REFUSED', exitCode: 13 });
  const absent = await scene.run('execute absent.json', '--yes', '--json');
  expect(errorOf(absent)).toMatchObject({ code: 'KT_PLAN_UNREADABLE', exitCode: 2 });
  expect(bytesOf(scene.path)).toBe(before);
});

describe('a plan', () => {
  test('is executed once it was written, never over another file, and holds no key', async () => {
    const { scene, plan } = await sceneWithPlan();
    expect(plan).not.toContain(fernetKeyText(testKeys.old).slice(0, 20));
    const refused = await scene.run('plan', ...planFlags, '--json');
    expect(errorOf(refused)).toMatchObject({ code: 'KT_PLAN_EXISTS', exitCode: 2 });
    const { code, stderr } = await scene.run('execute plan.json', '--yes');
    expect(code, stderr).toBe(0);
    expect(opened('new', scene.values('SELECT cell FROM t')[0] ?? null)).toBe('one');
    const done = bytesOf(scene.path);
    const again = await scene.run('execute plan.json', '--yes', '--json');
    // It once ran again, and made a second backup that was said to hold cells under the old key.
    expect(JSON.parse(again.stdout)).toMatchObject({ state: 'nothing to do', migration: null, backup: null });
    expect(bytesOf(scene.path)).toBe(done);
  });

  test('is refused with other keys (exit 12), and for columns that were emptied since (exit 17)', async () => {
    const { scene } = await sceneWithPlan();
    for (const flags of [
      ['--old-key', 'file:third.key'],
      ['--new-key', 'file:third.key'],
      ['--old-key', 'file:new.key', '--new-key', 'file:old.key'],
    ]) {
      const result = await scene.run('execute plan.json', ...flags, '--yes', '--json');
      expect(errorOf(result)).toMatchObject({ code: 'KT_WRONG_KEY', exitCode: 12 });
    }
    scene.change((database) => database.exec('UPDATE t SET cell = NULL'));
    const emptied = await scene.run('execute plan.json', '--yes', '--json');
    // A migration of no cells was recorded, and a backup was made.
    expect(errorOf(emptied)).toMatchObject({ code: 'KT_NOTHING_FOUND', exitCode: 17 });
  });

  test('is refused for another database, and for this one once it was replaced or altered (exit 13)', async () => {
    const { scene } = await sceneWithPlan();
    const elsewhere = createScene(oneCell);
    copyFileSync(join(scene.folder, 'plan.json'), join(elsewhere.folder, 'plan.json'));
    const stale = { code: 'KT_STALE_PLAN', exitCode: 13 };
    expect(errorOf(await elsewhere.run('execute plan.json', '--yes', '--json'))).toMatchObject(stale);
    scene.change((database) => database.exec('ALTER TABLE t ADD COLUMN more TEXT'));
    expect(errorOf(await scene.run('execute plan.json', '--yes', '--json'))).toMatchObject(stale);
    expect((await scene.run('plan', ...planFlags, '--overwrite')).code).toBe(0);
    copyFileSync(scene.path, `${scene.path}.copy`);
    renameSync(`${scene.path}.copy`, scene.path);
    expect(errorOf(await scene.run('execute plan.json', '--yes', '--json'))).toMatchObject(stale);
  });

  test('with a typed key asks for the key again (exit 12)', async () => {
    const scene = createScene(oneCell);
    const typed = ['--old-key', fernetKeyText(testKeys.old), '--new-key', 'file:new.key'];
    expect((await scene.run('plan', ...typed, '--output', 'plan.json')).code).toBe(0);
    const forgotten = await scene.run('execute plan.json', '--yes', '--json');
    expect(errorOf(forgotten)).toMatchObject({ code: 'KT_KEY_MISSING', exitCode: 12 });
    const { code } = await scene.run('execute plan.json', '--yes', '--old-key', 'file:old.key');
    expect(code).toBe(0);
  });
});
