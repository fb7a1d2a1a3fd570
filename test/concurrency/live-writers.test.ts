import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import { fleetSizes } from '../support/fleet-database.ts';
import { createLiveFleet } from '../support/live-fleet.ts';

/** Small chunks and a busy writer meet often. */
const smallChunks = ['--batch-rows', '60'];

/** Each is a target of the rotation. */
const tablesOfAFleet = Object.keys(fleetSizes(0)).length;

describe.each([
  { journalMode: 'wal', metrics: 1200 },
  { journalMode: 'delete', metrics: 500 },
] as const)('a rotation while an application writes ($journalMode)', (options) => {
  test('loses no write of an application that reads both keys and writes the new one', async () => {
    const fleet = createLiveFleet(options);
    const writer = await fleet.startWriter({ keys: 'new', pauseMilliseconds: 2 });
    const { code, json } = await fleet.startRotation({ args: smallChunks }).ended;
    const seen = await writer.stop();
    expect(json).toMatchObject({ state: 'succeeded', cells: { quarantined: 0 } });
    expect((json as RunResult).remains).toContainEqual(
      expect.stringContaining(`process ${writer.processId} (node live-writer.ts) has the database open`),
    );
    expect(code).toBe(0);
    expect(seen).toMatchObject({ surprises: [], refused: 0 });
    expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
  });

  test('loses no write of an application that writes under either key, and finishes once it stops', async () => {
    const fleet = createLiveFleet(options);
    const writer = await fleet.startWriter({ keys: 'mixed', pauseMilliseconds: 2 });
    // It stands still when the sweep begins: a writer that is slow to stop would be found in one sweep after the other.
    const signals = [{ step: 'pass begun', occurrence: tablesOfAFleet + 1, signal: 'SIGSTOP' }] as const;
    const rotation = fleet.startRotation({ args: smallChunks, signals });
    await rotation.standsStill();
    const seen = await writer.stop();
    rotation.signal('SIGCONT');
    expect(await rotation.ended).toMatchObject({ code: 0, json: { state: 'succeeded' } });
    expect(seen).toMatchObject({ surprises: [], refused: 0 });
    expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
  });
});

test('a rotation follows an application that changes over to the new key in the middle', async () => {
  const fleet = createLiveFleet({ metrics: 2000 });
  const writer = await fleet.startWriter({ keys: 'old', pauseMilliseconds: 2 });
  const signals = [{ step: 'chunk read', occurrence: 3, signal: 'SIGSTOP' }] as const;
  const rotation = fleet.startRotation({ args: smallChunks, signals });
  await rotation.standsStill();
  await writer.writeUnder('new');
  rotation.signal('SIGCONT');
  expect(await rotation.ended).toMatchObject({ code: 0, json: { state: 'succeeded' } });
  expect(await writer.stop()).toMatchObject({ surprises: [], refused: 0 });
  expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
});

test('an application that keeps to the old key ends the rotation, which names it and goes on later', async () => {
  const fleet = createLiveFleet({ metrics: 1000 });
  const writer = await fleet.startWriter({ keys: 'old', pauseMilliseconds: 2 });
  const { code, json, stderr } = await fleet.startRotation().ended;
  expect(code, stderr).toBe(4);
  const { state, warnings, next } = json as RunResult;
  expect(state).toBe('failed');
  expect(warnings.join('\n')).toContain(`process ${writer.processId} (node live-writer.ts)`);
  expect(warnings.join('\n')).toMatch(/give .* the new key/u);
  expect(next[0]).toBe('keyturn execute --database sqlite:fleet.db');
  const status = await fleet.run('status');
  expect((status.json as StatusResult).failure).toMatchObject({ code: 'KT_OUTPACED' });
  expect((status.json as StatusResult).failure?.message).toContain(`process ${writer.processId}`);
  expect(fleet.compare().wrong).toEqual([]);

  await writer.writeUnder('new');
  expect(await fleet.run('execute', '--yes')).toMatchObject({ code: 0 });
  expect(await writer.stop()).toMatchObject({ surprises: [], refused: 0 });
  expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
});
