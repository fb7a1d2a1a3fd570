import { hostname } from 'node:os';
import { describe, expect, test } from 'vitest';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import { createLiveFleet, type LiveFleet } from '../support/live-fleet.ts';
import type { EndedKeyturn, RunningKeyturn } from '../support/start-keyturn.ts';

/** A rotation that stands still in the middle, as a slow one would look, until it gets SIGCONT. */
async function rotationInTheMiddle(fleet: LiveFleet): Promise<RunningKeyturn> {
  const rotation = fleet.startRotation({
    args: ['--batch-rows', '50'],
    signals: [{ step: 'chunk read', occurrence: 3, signal: 'SIGSTOP' }],
  });
  await rotation.standsStill();
  return rotation;
}

function errorOf({ json }: EndedKeyturn): { readonly code: string; readonly message: string } {
  return (json as { error: ReturnType<typeof errorOf> }).error;
}

/** How many migrations the ledger knows, and how often each table was walked from its beginning. */
function countWork(fleet: LiveFleet): { readonly migrations: unknown; readonly rewritten: unknown } {
  return fleet.use((database) => ({
    migrations: database.prepare('SELECT count(*) FROM keyturn_migration').pluck().get(),
    rewritten: database.prepare('SELECT sum(rewritten) FROM keyturn_chunk').pluck().get(),
  }));
}

describe('while one operator rotates', () => {
  test('another rotation is refused and told who it is', async () => {
    const fleet = createLiveFleet({ metrics: 200 });
    const first = await rotationInTheMiddle(fleet);
    const second = await fleet.rotate();
    expect(second.code).toBe(11);
    expect(errorOf(second).code).toBe('KT_LOCKED');
    expect(errorOf(second).message).toContain(`process ${first.processId} on ${hostname()}`);
    first.signal('SIGCONT');
    expect((await first.ended).code).toBe(0);
    expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
  });

  test('another with --if-locked skip ends well and says that it was skipped', async () => {
    const fleet = createLiveFleet({ metrics: 200 });
    const first = await rotationInTheMiddle(fleet);
    const second = await fleet.rotate('--if-locked', 'skip');
    expect(second).toMatchObject({ code: 0, json: { state: 'skipped' } });
    first.signal('SIGCONT');
    expect((await first.ended).code).toBe(0);
  });

  test('another with --wait waits for it and finds everything done', async () => {
    const fleet = createLiveFleet({ metrics: 200 });
    const first = await rotationInTheMiddle(fleet);
    const second = fleet.startRotation({ args: ['--wait', '5m'] });
    setTimeout(() => {
      first.signal('SIGCONT');
    }, 1000);
    expect((await first.ended).code).toBe(0);
    expect(await second.ended).toMatchObject({ code: 0, json: { state: 'nothing to do' } });
    expect(countWork(fleet).migrations).toBe(1);
    expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
  });

  test('a wait that is too short ends as if there had been none', async () => {
    const fleet = createLiveFleet({ metrics: 200 });
    await rotationInTheMiddle(fleet);
    expect((await fleet.rotate('--wait', '1s')).code).toBe(11);
  });
});

/** Starts so many rotations at once: one does all the work, the others meet its lock or find nothing to do. */
async function expectOneWinnerOf(operators: number): Promise<void> {
  const fleet = createLiveFleet({ metrics: 60 });
  const { underOld } = fleet.compare();
  const rotations = Array.from({ length: operators }, () => fleet.startRotation());
  const ends = await Promise.all(rotations.map((one) => one.ended));
  const winners = ends.filter(({ code }) => code === 0);
  const states = winners.map(({ json }) => (json as RunResult).state);
  expect(states.filter((state) => state === 'succeeded')).toHaveLength(1);
  expect(ends.map(({ code }) => code)).toSatisfy((codes: readonly number[]) =>
    codes.every((code) => code === 0 || code === 11),
  );
  expect(countWork(fleet)).toEqual({ migrations: 1, rewritten: underOld });
  expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0, underNew: underOld });
}

test('of two that start in the same instant one runs, five times', async () => {
  for (let round = 0; round < 5; round += 1) await expectOneWinnerOf(2);
});

test('of five that start in the same instant one runs', async () => {
  await expectOneWinnerOf(5);
});

test('of two that start in the same instant and can wait, the later one does nothing', async () => {
  const fleet = createLiveFleet({ metrics: 300 });
  const { underOld } = fleet.compare();
  const args = ['--wait', '5m'];
  const both = [fleet.startRotation({ args }), fleet.startRotation({ args })];
  const ends = await Promise.all(both.map((one) => one.ended));
  expect(ends.map(({ code }) => code)).toEqual([0, 0]);
  expect(ends.map(({ json }) => (json as RunResult).state).sort()).toEqual(['nothing to do', 'succeeded']);
  expect(countWork(fleet)).toEqual({ migrations: 1, rewritten: underOld });
});
