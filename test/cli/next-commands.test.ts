import { expect, test } from 'vitest';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import { createScene, rotationKeys, token, type Scene } from '../support/scene.ts';

function createTables(): Scene {
  return createScene((database) => {
    database.exec('CREATE TABLE one(id INTEGER PRIMARY KEY, cell TEXT, note TEXT)');
    database.exec('CREATE TABLE two(id INTEGER PRIMARY KEY, cell TEXT)');
    for (const cell of [token('old'), token('old'), 'plain'])
      database.prepare("INSERT INTO one(cell, note) VALUES (?, 'note')").run(cell);
    database.prepare('INSERT INTO two(cell) VALUES (?)').run(token('old'));
  });
}

async function plan(scene: Scene, ...flags: readonly string[]): Promise<PlanResult> {
  const { code, stdout, stderr } = await scene.run('plan', '--json', ...flags);
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as PlanResult;
}

/** The flags of a command, as a shell would part them, but for that of the database. */
function flagsOf(command: string): readonly string[] {
  return command.replace(/^keyturn \w+ --database \S+ /u, '').split(' ');
}

test.each([
  ['--table one'],
  ['--exclude two.cell'],
  ['--repair-plaintext --column one.cell'],
  ['--to-format tink-xaes:bind=none --renew-timestamps'],
  ['--scrub --column two.cell'],
])('what a plan with %s says to type next does what it has planned', async (flags) => {
  const scene = createTables();
  const planned = await plan(scene, ...rotationKeys, ...flags.split(' '));
  expect(await plan(scene, ...flagsOf(planned.next[1] ?? ''))).toEqual({
    ...planned,
    estimate: expect.anything() as unknown,
    warnings: expect.anything() as unknown,
    excluded: expect.anything() as unknown,
  });
});

test('the same holds for an encryption that is told its format and what follows it', async () => {
  const scene = createTables();
  const planned = await plan(
    scene,
    '--encrypt',
    'one.note',
    '--key',
    'file:new.key',
    '--format',
    'fernet',
    '--scrub',
  );
  expect(planned.next[1]).toMatch(/^keyturn encrypt .* --column one\.note .* --format fernet --scrub$/u);
});
