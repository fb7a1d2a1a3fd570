import { expect, test } from 'vitest';
import type { VerifyResult } from '../../src/lib/cli/results/verify-result.ts';
import { contentOf } from '../support/database-content.ts';
import { createScene, tableOf, token } from '../support/scene.ts';

test('what is verified can be recorded in the ledger, as an event that the chain holds', async () => {
  const scene = createScene(tableOf(token('old'), token('old', 'a value nobody may print')));
  expect((await scene.rotate()).code).toBe(0);
  const before = contentOf(scene.path);
  expect((await scene.run('verify')).code).toBe(0);
  expect(contentOf(scene.path)).toBe(before);

  const { code, stdout } = await scene.run('verify', '--record', '--json');
  expect(code).toBe(0);
  const { recordedAs, newKeyId, oldKeyId } = JSON.parse(stdout) as VerifyResult;
  const chain = await scene.run('audit verify', '--json');
  expect(JSON.parse(chain.stdout)).toMatchObject({ outcome: 'intact', head: recordedAs });
  const [type, body] = scene.query('SELECT type, body FROM keyturn_event ORDER BY seq DESC LIMIT 1')[0] ?? [];
  expect(type).toBe('census recorded');
  expect(JSON.parse(String(body))).toMatchObject({
    old_key: oldKeyId,
    new_key: newKeyId,
    columns: [{ table: 't', column: 'cell', new: 2, old: 0, plaintext: 0 }],
  });
  expect((await scene.run('verify', '--record')).stdout).toMatch(/recorded +event \d+:[0-9a-f]{64}/u);
});

test('plaintext beside the cells of a column stands in the verdict', async () => {
  const scene = createScene(tableOf(token('old'), 'no cell', token('old')));
  expect((await scene.rotate('--max-quarantine', '1')).code).toBe(0);
  const { code, stdout } = await scene.run('verify');
  expect(code).toBe(0);
  expect(stdout).toMatch(
    /^Verified: 2 cells open under key [0-9a-f]{8}, none under the old one, and 1 value is plaintext\./u,
  );
});
