import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from 'vitest';
import { createFormatScene, type FormatScene } from '../../support/format-scene.ts';
import { runKeyturn, type KeyturnResult } from '../../support/run-keyturn.ts';
import { expectState, formatRing, others, values, type FormatPair } from '../rotate-and-back.ts';

/* Rotations between formats, and their rollbacks, that are killed at their steps and gone on with. */

const killer = pathToFileURL(join(import.meta.dirname, '../../support/kill-at-step.js')).href;
const steps = ['cells replaced:2', 'after commit:6', 'chunk transcoded:2', 'before commit:5'];
const flags = [
  '--yes',
  '--json',
  '--progress',
  'none',
  '--exclusive',
  '--batch-rows',
  '2',
  '--max-quarantine',
  '10',
];

function run(scene: FormatScene, words: readonly string[], killAt?: string): Promise<KeyturnResult> {
  const killing = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: killAt };
  const env = killAt === undefined ? {} : killing;
  return runKeyturn([...words, '--database', 'cells.db', ...flags], { cwd: scene.folder, env });
}

/** Runs a command that is killed at each of the steps, then lets it come to its end. */
async function runWithKills(scene: FormatScene, words: readonly string[]): Promise<void> {
  let kills = 0;
  for (const step of steps) {
    if ((await run(scene, words, step)).signal === 'SIGKILL') kills += 1;
  }
  // A step may be behind a killed run that has come far.
  expect(kills).toBeGreaterThan(1);
  const { code, stdout } = await run(scene, words);
  expect(code, stdout).toBe(0);
}

test.each(formatRing())('$name and back, killed at its steps', async (pair: FormatPair) => {
  const { from, to, classes } = pair;
  const scene = createFormatScene({ from: from.name, to: to.name, classes, values, others });
  try {
    const formats = ['--format', from.name, '--to-format', to.name, '--column', 't.cell', '--no-backup'];
    const keys = ['--old-key', 'file:old.key', '--new-key', 'file:new.key'];
    await runWithKills(scene, ['rotate', ...keys, ...formats]);
    expectState(scene, 'new', pair);
    await runWithKills(scene, ['rollback']);
    expectState(scene, 'old', pair);
  } finally {
    scene.remove();
  }
});
