import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { createLiveFleet } from '../support/live-fleet.ts';

/** Loose, because the machine of the tests is busy with other tests; the figures are printed to be read. */
const bearableMilliseconds = 1000;

/** On a machine so busy that the writer waits even when it is alone. */
const bearableRatio = 50;

test('an application hardly waits while its database is rotated', async () => {
  const fleet = createLiveFleet({ metrics: 5000 });
  const orders = { keys: 'new', pauseMilliseconds: 5 } as const;
  const alone = await fleet.startWriter(orders);
  await sleep(1500);
  const before = await alone.stop();
  const writer = await fleet.startWriter(orders);
  const { code, json } = await fleet.startRotation().ended;
  const during = await writer.stop();
  const { phases, cells } = json as RunResult;
  console.info(
    `writer alone: p50 ${before.p50} ms, p99 ${before.p99} ms, longest ${before.longest} ms; ` +
      `during a rotation: p50 ${during.p50} ms, p99 ${during.p99} ms, longest ${during.longest} ms; ` +
      `${Math.round((cells.rewritten / phases.execute) * 1000)} cells/s`,
  );
  expect(code).toBe(0);
  expect(during).toMatchObject({ refused: 0, surprises: [] });
  expect(during.p99).toBeLessThan(Math.max(bearableMilliseconds, before.p99 * bearableRatio));
  expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
});
