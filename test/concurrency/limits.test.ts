import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import type { TuneResult } from '../../src/lib/cli/results/tune-result.ts';
import { createLiveFleet, type LiveFleet } from '../support/live-fleet.ts';
import type { RunningKeyturn } from '../support/start-keyturn.ts';

async function statusOf(fleet: LiveFleet): Promise<StatusResult> {
  return (await fleet.run('status')).json as StatusResult;
}

/** The status of a run that has to wait. It says so before the ledger does. */
function throttledStatusOf(fleet: LiveFleet): Promise<StatusResult> {
  const look = async (): Promise<StatusResult> => {
    const status = await statusOf(fleet);
    expect(status.throttle).not.toBeNull();
    return status;
  };
  return vi.waitFor(look, { timeout: 60_000 });
}

async function expectRotated(fleet: LiveFleet, rotation: RunningKeyturn): Promise<void> {
  expect(await rotation.ended).toMatchObject({ code: 0, json: { state: 'succeeded' } });
  expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
}

test('a run keeps its maximum rate until it is tuned, and says so in status and progress', async () => {
  const fleet = createLiveFleet({ metrics: 400 });
  const rotation = fleet.startRotation({ args: ['--max-rate', '20'] });
  await rotation.heard(/"kind":"throttled"/u);
  const status = await throttledStatusOf(fleet);
  expect(status.throttle).toBe('at most 20 rows a second (--max-rate)');
  expect(status.limits.maximumRowsPerSecond).toBe(20);
  await fleet.run('pause');
  expect(await statusOf(fleet)).toMatchObject({ state: 'paused', throttle: null });
  await fleet.run('resume');
  const tuned = await fleet.run('tune', '--max-rate', 'none');
  expect((tuned.json as TuneResult).limits.maximumRowsPerSecond).toBeNull();
  await expectRotated(fleet, rotation);
});

test('limits stay with the migration: a run that is started again keeps them', async () => {
  const fleet = createLiveFleet({ metrics: 100 });
  const rotation = fleet.startRotation({ args: ['--max-rate', '20', '--nice', '0.5'] });
  await rotation.heard(/"kind":"throttled"/u);
  rotation.signal('SIGKILL');
  await rotation.ended;
  await fleet.run('tune', '--batch-rows', '7');
  expect((await statusOf(fleet)).limits).toEqual({ batchRows: 7, maximumRowsPerSecond: 20, niceRatio: 0.5 });
  const second = fleet.start('execute', { args: ['--yes', '--progress', 'json'] });
  await second.heard(/"kind":"throttled"/u);
  await fleet.run('tune', '--max-rate', 'none', '--nice', 'none');
  await expectRotated(fleet, second);
});

test('a run whose time is over ends with exit 4 at a checkpoint, and goes on later', async () => {
  const fleet = createLiveFleet({ metrics: 400 });
  const limited = fleet.startRotation({ args: ['--max-rate', '20', '--max-duration', '1s'] });
  const { code, json } = await limited.ended;
  const { state, warnings, next } = json as RunResult;
  expect({ code, state }).toEqual({ code: 4, state: 'interrupted' });
  expect(warnings.join()).toContain('the time of --max-duration is over');
  expect(next[0]).toBe('keyturn execute --database sqlite:fleet.db');
  expect(fleet.compare().wrong).toEqual([]);
  await expectRotated(fleet, fleet.start('execute', { args: ['--yes', '--max-rate', 'none'] }));
});

test('a run waits while a file exists or its own command objects, before it makes a backup', async () => {
  const fleet = createLiveFleet({ metrics: 50 });
  const hold = join(fleet.folder, 'hold');
  writeFileSync(hold, '');
  const rotation = fleet.start('rotate', {
    args: ['--old-key', 'file:old.key', '--new-key', 'file:new.key', '--yes', '--progress', 'json']
      .concat(['--backup', 'copy.db', '--throttle-file', 'hold'])
      .concat(['--throttle-command', 'test ! -e hold || { echo replica is behind; exit 1; }']),
  });
  await rotation.heard(/"kind":"throttled"/u);
  const { state, throttle } = await throttledStatusOf(fleet);
  expect(state).toBe('planned');
  expect(throttle).toMatch(/"hold" exists|replica is behind/u);
  const paused = fleet.start('pause');
  expect(await paused.ended).toMatchObject({ code: 0, json: { outcome: 'followed' } });
  rmSync(hold);
  await fleet.run('resume');
  await expectRotated(fleet, rotation);
  expect((await statusOf(fleet)).throttle).toBeNull();
});

// It waited for the night when somebody tried by day what was to run then.
test('a dry run does not wait for a window', async () => {
  const fleet = createLiveFleet({ metrics: 20 });
  const hour = (new Date().getHours() + 12) % 24;
  const rehearsal = fleet.startRotation({ args: ['--dry-run', '--window', `${hour}:00-${hour}:01`] });
  expect(await rehearsal.ended).toMatchObject({ code: 0, json: { state: 'rehearsed' } });
});

test('tune without a limit, or for a migration that has ended, changes nothing', async () => {
  const fleet = createLiveFleet({ metrics: 20 });
  await expectRotated(fleet, fleet.startRotation());
  expect(await fleet.run('tune')).toMatchObject({ code: 2, json: { error: { code: 'KT_USAGE' } } });
  expect(await fleet.run('tune', '--nice', '1')).toMatchObject({ code: 17 });
});
