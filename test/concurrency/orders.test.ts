import { describe, expect, test } from 'vitest';
import type { OrderResult } from '../../src/lib/cli/results/order-result.ts';
import type { RunResult } from '../../src/lib/cli/results/run-result.ts';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import { openSqliteDatabase } from '../../src/lib/databases/sqlite/open-database.ts';
import { createLedger } from '../../src/lib/ledger/create-ledger.ts';
import { prepareFinalization } from '../../src/lib/session/preparation/prepare-finalization.ts';
import { createLiveFleet, type LiveFleet } from '../support/live-fleet.ts';
import type { EndedKeyturn, RunningKeyturn, SignalAtStep } from '../support/start-keyturn.ts';

const smallChunks = ['--batch-rows', '20'];

/** Stops a rotation half way, so that an order is sure to meet it there. */
const halfWay: SignalAtStep = { step: 'chunk read', occurrence: 6, signal: 'SIGSTOP' };

async function order(
  fleet: LiveFleet,
  name: OrderResult['order'],
  ...args: readonly string[]
): Promise<EndedKeyturn & { readonly result: OrderResult }> {
  const ended = await fleet.run(name, ...args);
  return { ...ended, result: ended.json as OrderResult };
}

async function statusOf(fleet: LiveFleet): Promise<StatusResult> {
  return (await fleet.run('status')).json as StatusResult;
}

/** A rotation that stands still at a checkpoint because it was paused. */
async function startPaused(fleet: LiveFleet): Promise<RunningKeyturn> {
  const rotation = fleet.startRotation({ args: smallChunks, signals: [halfWay] });
  await rotation.standsStill();
  const paused = order(fleet, 'pause', '--wait', '0');
  expect((await paused).result).toMatchObject({ outcome: 'pending', state: 'running' });
  rotation.signal('SIGCONT');
  await rotation.heard(/"kind":"paused"/u);
  return rotation;
}

async function expectRotated(fleet: LiveFleet, rotation: RunningKeyturn): Promise<void> {
  expect(await rotation.ended).toMatchObject({ code: 0, json: { state: 'succeeded' } });
  expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
}

function eventTypes(fleet: LiveFleet): readonly unknown[] {
  return fleet.use((database) =>
    database.prepare('SELECT type FROM keyturn_event ORDER BY seq').pluck().all(),
  );
}

const noOverrides = { oldKey: undefined, newKey: undefined };

/** Of two orders that were decided on the same state of things, the second is none. */
async function expectToComeFirst({ path }: LiveFleet): Promise<void> {
  const database = await openSqliteDatabase({ path, access: 'write', use: 'shared', createLedger });
  try {
    const [migration] = await database.ledger.listMigrations();
    if (!migration) throw new Error('there is no migration');
    const pause = (): Promise<void> =>
      database.transaction(({ ledger }) =>
        ledger.giveOrder({ migration, desired: 'paused', actor: 'a test' }),
      );
    await pause();
    await expect(pause()).rejects.toMatchObject({ code: 'KT_MOVED_MEANWHILE', exitCode: 11 });
  } finally {
    await database.close();
  }
}

describe('pause and resume', () => {
  test('hold a run under a live writer, and lose nothing', async () => {
    const fleet = createLiveFleet({ metrics: 300 });
    const writer = await fleet.startWriter({ keys: 'new', pauseMilliseconds: 5 });
    const rotation = await startPaused(fleet);
    expect((await order(fleet, 'pause')).result).toMatchObject({ outcome: 'followed', state: 'paused' });
    const before = (await statusOf(fleet)).rows;
    expect((await statusOf(fleet)).rows).toEqual(before);
    expect((await order(fleet, 'resume')).result).toMatchObject({ outcome: 'followed', order: 'resume' });
    await writer.stop();
    await expectRotated(fleet, rotation);
  });

  test('the events of the ledger tell the story', async () => {
    const fleet = createLiveFleet({ metrics: 100 });
    const rotation = await startPaused(fleet);
    await order(fleet, 'resume');
    await expectRotated(fleet, rotation);
    expect(eventTypes(fleet).filter((type) => type !== 'limits changed')).toEqual([
      'migration planned',
      'run opened',
      'migration running',
      'pause ordered',
      'migration paused',
      'resume ordered',
      'migration running',
      'migration verifying',
      'migration succeeded',
      'run closed',
    ]);
  });

  test('a pause outlives the process: the next run waits too', async () => {
    const fleet = createLiveFleet({ metrics: 100 });
    const killed = await startPaused(fleet);
    killed.signal('SIGKILL');
    await killed.ended;
    expect(await statusOf(fleet)).toMatchObject({ state: 'paused', desired: 'paused', heldBy: null });
    const second = fleet.start('execute', { args: ['--yes', '--progress', 'json'] });
    await second.heard(/"kind":"paused"/u);
    const waiting = await statusOf(fleet);
    expect(waiting.state).toBe('paused');
    expect(waiting.heldBy).toContain(`process ${second.processId}`);
    expect((await order(fleet, 'resume')).code).toBe(0);
    await expectRotated(fleet, second);
  });

  test('a paused run keeps its lock, and Ctrl-C ends it', async () => {
    const fleet = createLiveFleet({ metrics: 100 });
    const rotation = await startPaused(fleet);
    expect(await fleet.rotate()).toMatchObject({
      code: 11,
      json: { error: { code: 'KT_LOCKED' } },
    });
    rotation.signal('SIGINT');
    const { code, json } = await rotation.ended;
    expect(code).toBe(130);
    expect((json as RunResult).next[0]).toContain('keyturn resume');
    const resumed = await order(fleet, 'resume');
    expect(resumed).toMatchObject({ code: 0, result: { outcome: 'no run' } });
    expect(resumed.result.next[0]).toContain('keyturn execute');
    await expectRotated(fleet, fleet.start('execute', { args: ['--yes'] }));
  });

  test('a run that is paused before its first chunk makes no backup yet', async () => {
    const fleet = createLiveFleet({ metrics: 20 });
    const rotation = fleet.start('rotate', {
      args: [
        '--old-key',
        'file:old.key',
        '--new-key',
        'file:new.key',
        '--yes',
        '--backup',
        'copy.db',
        '--progress',
        'json',
      ],
      signals: [{ step: 'run opened', occurrence: 1, signal: 'SIGSTOP' }],
    });
    await rotation.standsStill();
    await order(fleet, 'pause', '--wait', '0');
    rotation.signal('SIGCONT');
    await rotation.heard(/"kind":"paused"/u);
    expect((await statusOf(fleet)).state).toBe('paused');
    expect(eventTypes(fleet)).not.toContain('backup written');
    await order(fleet, 'resume');
    await expectRotated(fleet, rotation);
    expect(eventTypes(fleet)).toContain('backup written');
  });

  test('an order that is not followed in time is exit 75, and stands', async () => {
    const fleet = createLiveFleet({ metrics: 100 });
    const rotation = fleet.startRotation({ args: smallChunks, signals: [halfWay] });
    await rotation.standsStill();
    expect(await order(fleet, 'pause', '--wait', '1s')).toMatchObject({
      code: 75,
      result: { outcome: 'pending' },
    });
    rotation.signal('SIGCONT');
    expect(await order(fleet, 'pause')).toMatchObject({ code: 0, result: { outcome: 'followed' } });
    await order(fleet, 'resume');
    await expectRotated(fleet, rotation);
  });
});

describe('cancel', () => {
  test('ends a run with exit 4, whatever others want; a new rotation starts anew', async () => {
    const fleet = createLiveFleet({ metrics: 100 });
    const rotation = fleet.startRotation({ args: smallChunks, signals: [halfWay] });
    await rotation.standsStill();
    const { code, result } = await order(fleet, 'cancel', '--confirm', 'fleet.db', '--wait', '0');
    expect({ code, outcome: result.outcome }).toEqual({ code: 0, outcome: 'pending' });
    expect(await order(fleet, 'resume')).toMatchObject({
      code: 11,
      json: { error: { code: 'KT_BEING_CANCELLED' } },
    });
    rotation.signal('SIGCONT');
    expect(await rotation.ended).toMatchObject({ code: 4, json: { state: 'cancelled' } });
    expect(fleet.compare().wrong).toEqual([]);
    const again = fleet.startRotation();
    await expectRotated(fleet, again);
    expect(((await again.ended).json as RunResult).migration).not.toBe(result.migration);
  });

  test('works without a run, asks for the name where cells are under both keys, and is final', async () => {
    const fleet = createLiveFleet({ metrics: 100 });
    const killed = fleet.startRotation({ args: smallChunks, signals: [{ ...halfWay, signal: 'SIGKILL' }] });
    await killed.ended;
    const nothing = prepareFinalization({ kind: 'sqlite', path: fleet.path }, undefined, noOverrides);
    await expect(nothing).rejects.toMatchObject({ code: 'KT_NOTHING_TO_FINALIZE', exitCode: 17 });
    await expectToComeFirst(fleet);
    expect((await order(fleet, 'cancel', '--yes')).code).toBe(5);
    expect((await order(fleet, 'cancel', '--confirm', 'other.db')).code).toBe(5);
    expect((await statusOf(fleet)).state).toBe('interrupted');
    const { code, result } = await order(fleet, 'cancel', '--confirm', 'fleet.db');
    expect({ code, state: result.state }).toEqual({ code: 0, state: 'cancelled' });
    expect(await order(fleet, 'resume')).toMatchObject({
      code: 17,
      json: { error: { code: 'KT_NOTHING_TO_RESUME' } },
    });
    const back = fleet.start('rollback', { args: ['--yes'] });
    expect((await back.ended).code).toBe(0);
    expect(fleet.compare()).toMatchObject({ wrong: [], underNew: 0 });
  });
});

test('operators who steer at once get one story, in which each order counts once', async () => {
  const fleet = createLiveFleet({ metrics: 100 });
  const rotation = await startPaused(fleet);
  const names = ['pause', 'resume', 'pause', 'resume', 'pause'] as const;
  const orders = await Promise.all(names.map((name) => order(fleet, name, '--wait', '0')));
  for (const { code } of orders) expect([0, 11]).toContain(code);
  await order(fleet, 'resume');
  await expectRotated(fleet, rotation);
  const told = eventTypes(fleet).filter((type) => type === 'pause ordered' || type === 'resume ordered');
  told.forEach((type, index) => {
    expect(type).toBe(index % 2 === 0 ? 'pause ordered' : 'resume ordered');
  });
});
