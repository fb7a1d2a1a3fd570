import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { PlanResult } from '../../src/lib/cli/results/plan-result.ts';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { Plan } from '../../src/lib/model/plans/plan.ts';
import { testKeys } from '../support/fleet-database.ts';
import { openAead, sealAead, type AeadTwin } from '../support/reference-aead.ts';
import { createScene, errorOf, rotationKeys, tableOf, token, type Stored } from '../support/scene.ts';

const gcm: AeadTwin = { algorithm: 'aes-256-gcm', order: 'nonce-ciphertext-tag' };
const gcmName = 'aes-256-gcm:layout=nonce-ciphertext-tag,encoding=base64';

/** A cell of `aes-256-gcm` in base64, sealed by the slow twin. */
function gcmCell(plaintext: string): string {
  return sealAead(testKeys.old, Buffer.from(plaintext), gcm).toString('base64');
}

function openGcm(role: 'old' | 'new', cell: Stored | undefined): string {
  return openAead(testKeys[role], Buffer.from(String(cell), 'base64'), gcm).toString();
}

function payload(plaintext: string): string {
  const sealed = sealAead(testKeys.old, Buffer.from(plaintext), gcm);
  const [nonce, ciphertext] = [sealed.subarray(0, 12), sealed.subarray(12)];
  const [n, c] = [nonce.toString('base64'), ciphertext.toString('base64')];
  return `{"encrypted": true, "version": "1", "nonce": "${n}", "ciphertext": "${c}"}`;
}

describe('what the cells look like', () => {
  test('is found out where bytes alone tell', async () => {
    const scene = createScene(tableOf(payload('one'), payload('two')));
    const { stdout } = await scene.run('plan', ...rotationKeys, '--json');
    const { columns } = JSON.parse(stdout) as PlanResult;
    expect(columns).toMatchObject([
      { column: 'cell', format: 'aes-256-gcm-json', toFormat: 'aes-256-gcm-json' },
    ]);
  });

  test('is asked for where they do not, with all that they could be', async () => {
    const scene = createScene(tableOf(gcmCell('one'), gcmCell('two')));
    const result = await scene.run('rotate', ...rotationKeys, '--yes', '--json');
    const { code, exitCode, message, hints } = errorOf(result);
    expect([code, exitCode, result.code]).toEqual(['KT_FORMAT_UNCERTAIN', 2, 2]);
    expect(message).toContain(`${gcmName} (t.cell)`);
    expect(hints).toContain(`--format ${gcmName}`);
    expect(hints.at(-1)).toMatch(/^try them with keyturn plan/u);
    // Whoever tried the wrong one was told to doubt the key alone.
    const tried = await scene.run('plan', ...rotationKeys, '--json', '--format', 'chacha20-poly1305');
    expect(errorOf(tried).code).toBe('KT_WRONG_KEY');
    expect(errorOf(tried).hints[0]).toMatch(/^if the key is right, the cells are not chacha20-poly1305/u);
  });

  test('is asked for where two formats stand side by side', async () => {
    const scene = createScene(tableOf(payload('one'), token('old')));
    const result = await scene.run('plan', ...rotationKeys, '--json');
    expect(errorOf(result).code).toBe('KT_FORMAT_UNCERTAIN');
    expect(errorOf(result).hints).toEqual(['--format fernet', '--format aes-256-gcm-json']);
  });

  test('stands in the plan file, with every option', async () => {
    const scene = createScene(tableOf(gcmCell('one')));
    await scene.run(
      'plan',
      ...rotationKeys,
      '--format',
      'aes-256-gcm',
      '--to-format',
      'fernet',
      '--output',
      'plan.json',
    );
    const plan = JSON.parse(readFileSync(join(scene.folder, 'plan.json'), 'utf8')) as Plan;
    expect(plan.targets[0]?.columns[0]).toMatchObject({
      from: { format: gcmName },
      to: { format: 'fernet' },
    });
    const executed = await scene.run('execute', 'plan.json', '--yes', '--json');
    expect((JSON.parse(executed.stdout) as RunResult).cells).toMatchObject({ rewritten: 1, quarantined: 0 });
  });
});

test('a rotation to another format is found finished when it is typed again, and goes back', async () => {
  const scene = createScene(tableOf(token('old', 'one'), token('old', 'two')));
  const arguments_ = ['--to-format', 'aes-256-gcm'];
  expect((await scene.rotate(...arguments_)).result).toMatchObject({
    state: 'succeeded',
    cells: { rewritten: 2 },
  });
  expect(scene.values('SELECT cell FROM t').map((cell) => openGcm('new', cell))).toEqual(['one', 'two']);
  expect((await scene.rotate(...arguments_)).result.state).toBe('nothing to do');
  const verified = await scene.run('verify', '--json');
  expect(JSON.parse(verified.stdout)).toMatchObject({ outcome: 'verified', total: { new: 2, old: 0 } });
  await scene.run('rollback', '--yes');
  const plan = await scene.run('plan', ...rotationKeys, '--json');
  expect((JSON.parse(plan.stdout) as PlanResult).columns[0]).toMatchObject({
    format: 'fernet',
    cells: { old: 2 },
  });
});

test('text cells are never to become raw bytes', async () => {
  const scene = createScene(tableOf(token('old')));
  const before = scene.values('SELECT cell FROM t');
  const result = await scene.run(
    'rotate',
    ...rotationKeys,
    '--to-format',
    'aes-256-gcm:encoding=raw',
    '--yes',
    '--json',
  );
  expect([errorOf(result).code, result.code]).toEqual(['KT_FORMAT_NEEDS_BLOBS', 2]);
  expect(scene.values('SELECT cell FROM t')).toEqual(before);
});

test.each([
  ['aes-256-gmc', 'KT_UNKNOWN_FORMAT'],
  ['aes-256-gcm:order=any', 'KT_UNKNOWN_FORMAT'],
  ['aes-256-gcm:encoding=base32', 'KT_UNKNOWN_FORMAT'],
])('the format "%s" is refused', async (format, code) => {
  const scene = createScene(tableOf(token('old')));
  const result = await scene.run('plan', ...rotationKeys, '--format', format, '--json');
  expect([errorOf(result).code, result.code]).toEqual([code, 2]);
});
