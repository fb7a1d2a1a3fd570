import { expect } from 'vitest';
import type { CellFormat } from '../../src/lib/formats/cell-format.ts';
import { everyFormat } from '../../src/lib/formats/format-named.ts';
import type { CellClass, StoredValue } from '../../src/lib/model/cells/stored-value.ts';
import { loadRotationKeys } from '../../src/lib/session/preparation/plan-rotation.ts';
import { prepareRollback } from '../../src/lib/session/preparation/prepare-execution.ts';
import { prepareRotation } from '../../src/lib/session/preparation/prepare-rotation.ts';
import type { MigrationRequest } from '../../src/lib/session/run/migration-request.ts';
import { runMigration } from '../../src/lib/session/run/run-migration.ts';
import { createFormatScene, type FormatScene } from '../support/format-scene.ts';

/** What the cells of such a database hold. */
export const values: readonly string[] = ['mario.rossi@example.com', 'é漢', '{"a": 1}', 'x'.repeat(100)];
/** What stands beside them and is no cell. */
export const others: readonly StoredValue[] = [
  null,
  '',
  'plain text',
  'QUJD'.repeat(30),
  Buffer.alloc(48, 7),
];

/** Two formats with the storage classes that both can stand in. */
export interface FormatPair {
  readonly from: CellFormat;
  readonly to: CellFormat;
  readonly classes: readonly CellClass[];
}

/** A pair, where there is a storage class for it. */
export function pairOf(
  from: CellFormat,
  to: CellFormat,
): readonly (FormatPair & { readonly name: string })[] {
  // What has no integrity is only ever migrated away from.
  if (to.integrity === 'none') return [];
  const classes = from.classes.filter((one) => to.classes.includes(one));
  return classes.length === 0 ? [] : [{ from, to, classes, name: `${from.name} to ${to.name}` }];
}

/** Each format to another one, so that each is once the source and, if it may be, the target. */
export function formatRing(): readonly (FormatPair & { readonly name: string })[] {
  const targets = everyFormat().filter(({ integrity }) => integrity === 'authenticated');
  return everyFormat().flatMap((from, index) => pairOf(from, targets[(index + 1) % targets.length] ?? from));
}

/**
 * Rotates a database from one format to the other and back, in this process, and looks at every cell after each step.
 * What neither key opens stays byte for byte what it was: nothing is ever encrypted twice.
 */
export async function rotateAndBack(pair: FormatPair): Promise<void> {
  const { from, to, classes } = pair;
  const scene = createFormatScene({ from: from.name, to: to.name, classes, values, others });
  try {
    expectState(scene, 'old', pair);
    await rotate(scene, from, to);
    expectState(scene, 'new', pair);
    await rollBack(scene);
    expectState(scene, 'old', pair);
  } finally {
    scene.remove();
  }
}

async function rotate(scene: FormatScene, from: CellFormat, to: CellFormat): Promise<void> {
  const formats = { from: from.name, to: to.name };
  const references = { oldKey: `file:${scene.folder}/old.key`, newKey: `file:${scene.folder}/new.key` };
  const keys = await loadRotationKeys({ ...references, formats });
  const prepared = await prepareRotation({ kind: 'sqlite', path: scene.path }, keys, {
    madeBy: 'a test',
    formats,
    filter: { tables: [], columns: ['t.cell'], exclude: [] },
    unrecognised: 'quarantine',
    timestamps: 'keep',
  });
  if (prepared.kind === 'already') throw new Error('there is nothing to rotate');
  await run(scene, { intent: prepared.intent, keys: { old: keys.old.key, new: keys.new.key } });
}

async function rollBack(scene: FormatScene): Promise<void> {
  const prepared = await prepareRollback({ kind: 'sqlite', path: scene.path }, undefined, {
    oldKey: undefined,
    newKey: undefined,
  });
  if (prepared.kind === 'already') throw new Error('there is nothing to take back');
  const { intent, keys } = prepared;
  await run(scene, { intent, keys: { old: keys.old?.key ?? null, new: keys.new?.key ?? null } });
}

async function run(scene: FormatScene, request: Pick<MigrationRequest, 'intent' | 'keys'>): Promise<void> {
  await runMigration({
    ...request,
    location: { kind: 'sqlite', path: scene.path },
    use: 'exclusive',
    knobs: { courtesy: 'hurry', maximumQuarantine: 10, contract: 'later' },
    limits: { batchRows: 3 },
    throttles: {},
    backup: { kind: 'none' },
    reporter: { report: () => undefined, close: () => undefined },
    stop: new AbortController().signal,
  });
}

/** Holds every cell of a scene to be in a state, under its key and no other, and whatever is no cell to be as it was. */
export function expectState(scene: FormatScene, state: 'old' | 'new', pair: FormatPair): void {
  const expected = [...pair.classes.flatMap(() => values), ...others.map(() => null)];
  const [here, there] = state === 'old' ? (['old', 'new'] as const) : (['new', 'old'] as const);
  const format = { old: pair.from, new: pair.to };
  expect(scene.open(format[here].name, scene.keys[here])).toEqual(expected);
  expect(scene.open(format[there].name, scene.keys[there])).toEqual(expected.map(() => null));
  const cells = scene.cells();
  expect(cells.slice(-others.length)).toEqual(others);
  expect(cells.slice(0, -others.length).map(classOf)).toEqual(
    pair.classes.flatMap((one) => values.map(() => one)),
  );
}

function classOf(cell: StoredValue): CellClass {
  return typeof cell === 'string' ? 'text' : 'blob';
}
