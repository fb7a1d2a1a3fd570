import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test, type TestContext } from 'vitest';
import { findDamages } from '../support/compare-content.ts';
import { testKeys, writeFernetKeyFile } from '../support/fleet-database.ts';
import { runKeyturn, type KeyturnResult } from '../support/run-keyturn.ts';
import { errorOf, rotationKeys } from '../support/scene.ts';
import { createSchema, readSchemaFixture, type SchemaFixture } from '../support/schema-fixture.ts';
import { surroundings, type Surroundings } from '../support/surroundings.ts';
import { readContent, readQuarantine, type DatabaseContent } from '../support/table-content.ts';

const fixtures = fileURLToPath(new URL('../../fixtures/schemas/', import.meta.url));

/** A fixture's database in a folder of its own, and what it held at first. */
interface Stage {
  readonly path: string;
  readonly before: DatabaseContent;
  readonly around: Surroundings;
  run(command: string, ...flags: readonly string[]): Promise<KeyturnResult>;
}

function setUp(fixture: SchemaFixture, { onTestFinished }: TestContext): Stage {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-schema-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  for (const role of ['old', 'new'] as const) writeFernetKeyFile(join(folder, `${role}.key`), testKeys[role]);
  const path = join(folder, 'fleet.db');
  createSchema(path, fixture);
  const around: Surroundings = surroundings[fixture.surroundings](path);
  return {
    path,
    before: around.whileStill(() => readContent(path)),
    around,
    run: (command, ...flags) =>
      runKeyturn(
        [command, '--database', `sqlite:fleet.db${fixture.parameters}`, '--json', '--yes', ...flags],
        {
          cwd: folder,
        },
      ),
  };
}

/** Every damage after a rotation, and after taking it back; exit codes included. */
async function rotateAndTakeBack(fixture: SchemaFixture, stage: Stage): Promise<void> {
  const { before, path, around } = stage;
  const quarantined = fixture.expected.kind === 'quarantined' ? fixture.expected.cells : [];
  const refused = quarantined.filter((cell) => cell.endsWith('|refused'));
  const comparison = {
    // Their rows are numbered from 1, so that the key is the place.
    unchanged: new Set(refused.map((cell) => cell.replace('|refused', ''))),
    ignored: fixture.writtenBesides,
  };
  const rotation = await stage.run('rotate', ...rotationKeys, ...fixture.flags);
  expect(rotation.code, rotation.stdout).toBe(quarantined.length > 0 ? 3 : 0);
  expect(around.whileStill(() => readQuarantine(path))).toEqual([...quarantined].sort());
  const after = around.whileStill(() => readContent(path));
  expect(findDamages({ ...comparison, before, after, direction: 'rotated' })).toEqual([]);

  const back = await stage.run('rollback', ...fixture.flags);
  expect(back.code, back.stdout).toBe(quarantined.length > refused.length ? 3 : 0);
  const last = around.whileStill(() => readContent(path));
  expect(findDamages({ ...comparison, before: after, after: last, direction: 'taken back' })).toEqual([]);
}

test.concurrent.for(readdirSync(fixtures).sort())('%s', async (name, context) => {
  const fixture = readSchemaFixture(join(fixtures, name));
  const stage = setUp(fixture, context);
  if (fixture.expected.kind === 'refused') await expectRefusal(fixture, stage, fixture.expected);
  else await rotateAndTakeBack(fixture, stage);
  expect(stage.around.findFaults()).toEqual([]);
});

async function expectRefusal(
  { flags }: SchemaFixture,
  stage: Stage,
  expected: { readonly exitCode: number; readonly code: string },
): Promise<void> {
  const refused = await stage.run('rotate', ...rotationKeys, ...flags);
  expect(refused.code, refused.stdout).toBe(expected.exitCode);
  expect(errorOf(refused).code).toBe(expected.code);
  expect(stage.before.hasLedger).toBe(false);
  expect(readContent(stage.path)).toEqual(stage.before);
}
