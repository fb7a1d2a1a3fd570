import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import { planInProcess } from '../support/plan-in-process.ts';
import { createScene, errorOf, type Scene } from '../support/scene.ts';

const killer = pathToFileURL(join(import.meta.dirname, '../support/kill-at-step.js')).href;
const people = 200;
const mail = (person: number): string => `${String(person * 7919 + 1_000_000)}.person@example.com`;
const quiet = ['--yes', '--json', '--progress', 'none', '--no-backup'] as const;

function createPeople(): Scene {
  return createScene(
    (database) => {
      database.exec('CREATE TABLE people(id INTEGER PRIMARY KEY, email TEXT NOT NULL, phone TEXT)');
      const insert = database.prepare('INSERT INTO people(email, phone) VALUES (?, ?)');
      for (let person = 0; person < people; person += 1)
        insert.run(mail(person), `+39 06 ${String(person * 104_729 + 10_000_000)}`);
      database.exec('CREATE INDEX by_email ON people(email)');
    },
    { journalMode: 'wal' },
  );
}

/** How many of the old values stand in some file of the scene. */
function canaries({ folder }: Scene): number {
  const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
  const isThere = (value: string): boolean => files.some((content) => content.includes(value));
  return Array.from({ length: people }, (_, person) => mail(person)).filter(isThere).length;
}

const encryption = [
  ...['--column', 'people.email', '--column', 'people.phone', '--key', 'file:new.key'],
  ...['--into', '{column}_encrypted', ...quiet],
];
// The other way round than the table has them.
const atOnce = ['--auto-finalize', '--confirm', 'people.phone,people.email', '--scrub'];

async function runs(scene: Scene, command: string, ...args: readonly string[]): Promise<RunResult> {
  const { code, stdout, stderr } = await scene.run(command, ...args);
  expect(code, stdout + stderr).toBe(0);
  return JSON.parse(stdout) as RunResult;
}

async function statusOf(scene: Scene): Promise<StatusResult> {
  return JSON.parse((await scene.run('status', '--json')).stdout) as StatusResult;
}

async function isKilled(scene: Scene, step: string, command: readonly string[]): Promise<void> {
  const env = { NODE_OPTIONS: `--import=${killer}`, KEYTURN_TEST_KILL_AT: `${step}:1` };
  const [name = '', ...args] = command;
  expect((await scene.runWith({ env }, name, ...args)).signal, step).toBe('SIGKILL');
}

describe('keyturn encrypt --auto-finalize --scrub', () => {
  test('goes from plaintext to the proof that none is left, killed wherever it is, by the same command', async () => {
    const scene = createPeople();
    const command = ['encrypt', ...encryption, ...atOnce];
    const steps = [
      ...['columns expanded', 'sources frozen', 'migration succeeded'],
      ...['scrub begun', 'database rewritten', 'files searched'],
    ];
    for (const step of steps) await isKilled(scene, step, command);
    expect(await statusOf(scene)).toMatchObject({ state: 'succeeded', scrub: 'asked', scrubbedAt: null });
    const ended = await runs(scene, 'encrypt', ...encryption, ...atOnce);
    expect(ended).toMatchObject({ state: 'succeeded', scrub: { state: 'clean', found: 0 } });
    expect(ended.scrub?.samples).toBeGreaterThan(people);
    expect(ended.remains.join()).not.toContain('scrub');
    expect(canaries(scene)).toBe(0);
    expect((await statusOf(scene)).scrub).toBe('done');
    const again = await runs(scene, 'encrypt', ...encryption, ...atOnce);
    expect(again.state).toBe('nothing to do');
    expect(again.warnings[0]).toContain(
      `people.email is encrypted already: migration ${String(ended.migration)}`,
    );
    const refused = { code: 'KT_ALREADY_ENCRYPTED', exitCode: 2 };
    const columns = ['people.email', 'people.phone'];
    const inOldKey = planInProcess(scene, { columns, key: `file:${scene.folder}/old.key` });
    await expect(inOldKey).rejects.toMatchObject(refused);
    await expect(planInProcess(scene, { columns: ['people.email', 'people.id'] })).rejects.toMatchObject(
      refused,
    );
    const index = { blindIndexes: ['people.email:lower'], indexKey: `file:${scene.folder}/old.key` };
    await expect(planInProcess(scene, { columns, ...index })).rejects.toMatchObject(refused);
    // Asked for once, it is not part of the way back.
    expect(await runs(scene, 'rollback', ...quiet)).toMatchObject({ state: 'succeeded', scrub: null });
    expect(scene.values('SELECT email FROM people ORDER BY id')).toEqual(
      Array.from({ length: people }, (_, person) => mail(person)),
    );
  });

  test('finalizes nothing whose name nobody has given, and nothing that goes into no other column', async () => {
    const scene = createPeople();
    const unconfirmed = await scene.run('encrypt', ...encryption, '--auto-finalize');
    expect(errorOf(unconfirmed)).toMatchObject({ code: 'KT_CONFIRMATION_NEEDED', exitCode: 5 });
    const wrong = await scene.run('encrypt', ...encryption, '--auto-finalize', '--confirm', 'people.email');
    expect(errorOf(wrong)).toMatchObject({ code: 'KT_CONFIRMATION_NEEDED', exitCode: 5 });
    const inPlace = ['--column', 'people.email', '--key', 'file:new.key', ...quiet, '--auto-finalize'];
    expect(errorOf(await scene.run('encrypt', ...inPlace))).toMatchObject({ code: 'KT_USAGE', exitCode: 2 });
    const columns = ['people.email'];
    await expect(planInProcess(scene, { columns, into: '{colum}_encrypted' })).rejects.toMatchObject({
      code: 'KT_COLUMN_UNNAMED',
      exitCode: 2,
    });
    const format = 'aes-256-gcm:layout=nonce-tag-ciphertext,encoding=raw';
    await expect(planInProcess(scene, { columns, format })).rejects.toMatchObject({
      code: 'KT_FORMAT_LIKE_PLAINTEXT',
      exitCode: 2,
    });
    expect(scene.values("SELECT name FROM sqlite_schema WHERE name GLOB 'keyturn*'")).toEqual([]);
  });
});

test('whoever gives up what is being finalized hears that nobody can write plaintext until it is taken back', async () => {
  const scene = createPeople();
  await isKilled(scene, 'sources frozen', ['encrypt', ...encryption, ...atOnce]);
  const given = await scene.run('cancel', '--confirm', 'fleet.db');
  expect(given.code, given.stderr).toBe(0);
  const named = /Warning: people\.email, people\.phone takes? no values any more, .*keyturn rollback/u;
  expect(given.stderr).toMatch(named);
  const status = await scene.run('status');
  expect(status.stdout).toContain('cancelled');
  expect(status.stdout).not.toContain('follows afterwards');
});

test('a plan says that a scrub follows, and the migration that it becomes does not forget it', async () => {
  const scene = createPeople();
  const plan = [
    '--encrypt',
    'people.email',
    '--key',
    'file:new.key',
    '--into',
    '{column}_encrypted',
    '--scrub',
  ];
  const planned = await scene.run('plan', ...plan, '--output', 'plan.json', '--json');
  expect((JSON.parse(planned.stdout) as PlanResult).afterwards).toBe('scrub');
  expect(await runs(scene, 'execute', 'plan.json', ...quiet)).toMatchObject({ state: 'ready', scrub: null });
  const finalized = await runs(scene, 'finalize', ...quiet, '--confirm', 'people.email');
  expect(finalized).toMatchObject({ state: 'succeeded', scrub: { state: 'clean' } });
});

test('a rotation that was killed in its scrub is gone on with by execute, and by the same rotation', async () => {
  const scene = createPeople();
  const column = ['--column', 'people.email', '--format', 'fernet'];
  await runs(scene, 'encrypt', ...column, '--key', 'file:old.key', ...quiet);
  const keys = ['--old-key', 'file:old.key', '--new-key', 'file:new.key'];
  await isKilled(scene, 'rowids kept', ['rotate', ...keys, ...quiet, '--scrub']);
  expect(await statusOf(scene)).toMatchObject({ state: 'succeeded', scrub: 'asked' });
  await isKilled(scene, 'log emptied', ['execute', ...quiet]);
  const ended = await runs(scene, 'rotate', ...keys, ...quiet);
  expect(ended).toMatchObject({ kind: 'rotate', state: 'succeeded', scrub: { state: 'clean', found: 0 } });
  expect((await runs(scene, 'rotate', ...keys, ...quiet, '--scrub')).state).toBe('nothing to do');
});

test('a scrub that finds old values elsewhere ends the run with its own exit code', async () => {
  const scene = createPeople();
  scene.change((database) => database.exec('CREATE TABLE letters AS SELECT email AS sent_to FROM people'));
  const { code, stdout } = await scene.run(
    ...(['encrypt', '--column', 'people.email', '--key', 'file:new.key', ...quiet, '--scrub'] as const),
  );
  expect(code).toBe(14);
  expect(JSON.parse(stdout)).toMatchObject({ state: 'succeeded', scrub: { state: 'remains' } });
});
