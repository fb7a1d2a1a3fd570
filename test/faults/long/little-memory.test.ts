import { expect, it } from 'vitest';
import { createStage } from '../../crash/stage.ts';
import { fleetSizes } from '../../support/fleet-database.ts';
import { runKeyturn } from '../../support/run-keyturn.ts';
import { createAttempts, discard, expectToComplete } from '../machine.ts';

/** From where Node cannot even start to where the run has enough, in mebibytes. */
const heaps = Array.from({ length: 17 }, (_, index) => 8 + 2 * index);

it('a process that runs out of memory, wherever that is, loses nothing', async () => {
  const stage = createStage({ ...fleetSizes(400), far_samples: 4000 });
  const prepareAttempt = createAttempts(stage);
  const ends: Record<string, number> = {};
  for (const [index, mebibytes] of heaps.entries()) {
    const attempt = await prepareAttempt('rotation', index % 2 === 0 ? 'wal' : 'delete');
    const env = { NODE_OPTIONS: `--max-old-space-size=${mebibytes} --max-semi-space-size=1` };
    const result = await runKeyturn(inLargeChunks(attempt.command), { env });
    await expectToComplete(stage, attempt, result);
    const end = String(result.signal ?? result.code);
    ends[end] = (ends[end] ?? 0) + 1;
    discard(attempt);
  }
  console.info('runs with little memory:', ends);
  // The flag was given twice, so that every run ended with exit 2 before it began.
  expect(Object.keys(ends).sort()).toEqual(expect.arrayContaining(['0', 'SIGABRT']));
  expect(ends['2']).toBeUndefined();
});

function inLargeChunks(command: readonly string[]): readonly string[] {
  return command.with(command.indexOf('--batch-rows') + 1, '1000');
}
