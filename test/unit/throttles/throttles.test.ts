import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { DatabaseMetrics } from '../../../src/lib/model/databases/database-metrics.ts';
import type { ServerLoad } from '../../../src/lib/model/databases/server-load.ts';
import { noLimits, type SpeedLimits } from '../../../src/lib/model/runs/speed-limits.ts';
import { createThrottle, type throttles } from '../../../src/lib/throttles/registry.ts';
import type { Throttle, ThrottleSettings, Verdict } from '../../../src/lib/throttles/throttle.ts';

const well: DatabaseMetrics = { logBytes: 0, freeBytes: 2 ** 40, transactions: 0, refusedTransactions: 0 };

const relaxed: ServerLoad = {
  lagBytes: 0,
  writtenLogBytes: 0,
  unarchivedSegments: 0,
  blockedSessions: 0,
  activeSessions: 0,
  oldestTransactionMilliseconds: 0,
  vacuumedTables: [],
};

/** Signals whose clocks and database are in the hands of a test. */
interface Stage {
  readonly stage: {
    elapsed: number;
    shift: number;
    metrics: DatabaseMetrics;
    limits: SpeedLimits;
    strain: ServerLoad;
  };
  /** Lets time pass, as work or as a wait, and asks. */
  readonly ask: (milliseconds: number, work?: 'worked' | 'waited', rows?: number) => Promise<Verdict>;
}

function createStage(
  settings: ThrottleSettings,
  at = '2026-03-02T12:00:00',
  kept: 'in a file' | 'on a server' = 'in a file',
): Stage {
  const start = new Date(at).getTime();
  const stage: Stage['stage'] = { elapsed: 0, shift: 0, metrics: well, limits: noLimits, strain: relaxed };
  const throttle: Throttle = createThrottle(settings, {
    elapsed: () => stage.elapsed,
    now: () => start + stage.elapsed + stage.shift,
    database: {
      metrics: () => Promise.resolve(stage.metrics),
      keepLogShort: () => Promise.resolve(),
      ...(kept === 'on a server' && {
        server: {
          readReport: () => Promise.reject(new Error('nobody asks')),
          readLoad: () => Promise.resolve(stage.strain),
          answersTrue: (query: string) => Promise.resolve(query === 'SELECT true'),
        },
      }),
    },
  });
  return {
    stage,
    ask(milliseconds, work = 'waited', rows = 0) {
      stage.elapsed += milliseconds;
      const worked = work === 'worked' ? milliseconds : 0;
      return throttle.ask({ rows, milliseconds: worked, limits: stage.limits });
    },
  };
}

function createFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'keyturn-throttles-'));
  onTestFinished(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

const hour = 3_600_000;

/** Every signal, with what switches it on, and what then makes it object. */
const objections: Readonly<Record<keyof typeof throttles, () => Promise<Verdict>>> = {
  nice: () => askLimited({ niceRatio: 1 }),
  'max-rate': () => askLimited({ maximumRowsPerSecond: 10 }),
  'max-duration': () => createStage({ maximumMilliseconds: 1000 }).ask(1000),
  until: () => createStage({ until: { hour: 13, minute: 0 } }).ask(hour),
  window: () => createStage({ window: { from: { hour: 22, minute: 0 }, to: { hour: 6, minute: 0 } } }).ask(0),
  'log size': () => askUnwell({ maximumLogBytes: 2 ** 20 }, { logBytes: 2 ** 20 + 1 }),
  'free space': () => askUnwell({ minimumFreeBytes: 2 ** 30 }, { freeBytes: 2 ** 30 - 1 }),
  async 'lock refusals'() {
    const { stage, ask } = createStage({ maximumBusyShare: 0.2 });
    await ask(0);
    stage.metrics = { ...well, transactions: 100, refusedTransactions: 21 };
    return ask(1000);
  },
  'throttle file'() {
    const path = join(createFolder(), 'stop');
    writeFileSync(path, '');
    return createStage({ flagFile: path }).ask(0);
  },
  'replication lag': () => askStrained({ maximumLagBytes: 2 ** 20 }, { lagBytes: 2 ** 20 + 1 }),
  async 'log rate'() {
    const { stage, ask } = createStage({ maximumLogBytesPerSecond: 2 ** 20 }, undefined, 'on a server');
    expect(await ask(0)).toEqual({ kind: 'go' });
    stage.strain = { ...relaxed, writtenLogBytes: 2 ** 22 };
    return ask(2000);
  },
  'archive backlog': () => askStrained({ maximumUnarchived: 3 }, { unarchivedSegments: 4 }),
  'blocked sessions': () => askStrained({ maximumBlocked: 0 }, { blockedSessions: 1 }),
  'active sessions': () => askStrained({ maximumActive: 10 }, { activeSessions: 11 }),
  'transaction age': () =>
    askStrained({ maximumTransactionAge: 1000 }, { oldestTransactionMilliseconds: 1001 }),
  vacuum: () => askStrained({ vacuums: 'awaited' }, { vacuumedTables: ['people'] }),
  'throttle query': () => askStrained({ query: 'SELECT false' }, {}),
  'throttle url': () => createStage({ address: 'http://127.0.0.1:9/' }).ask(0),
  'throttle command': () => createStage({ command: 'echo "replica is 40 s behind"; exit 1' }).ask(0),
};

async function askLimited(limits: Partial<SpeedLimits>): Promise<Verdict> {
  const { stage, ask } = createStage({});
  stage.limits = { ...noLimits, ...limits };
  return ask(1000, 'worked', 100);
}

async function askStrained(settings: ThrottleSettings, strain: Partial<ServerLoad>): Promise<Verdict> {
  const { stage, ask } = createStage(settings, undefined, 'on a server');
  stage.strain = { ...relaxed, ...strain };
  return ask(0);
}

async function askUnwell(settings: ThrottleSettings, metrics: Partial<DatabaseMetrics>): Promise<Verdict> {
  const { stage, ask } = createStage(settings);
  stage.metrics = { ...well, ...metrics };
  return ask(0);
}

describe.each(Object.entries(objections))('the signal "%s"', (_, object) => {
  test('objects, and says why in a way that needs no printing marks', async () => {
    const verdict = await object();
    expect(verdict.kind).not.toBe('go');
    if (verdict.kind === 'go') return;
    expect(verdict.reason).toMatch(/^[a-z"][^\n]*[^.\n]$/u);
    if (verdict.kind === 'wait') expect(verdict.milliseconds).toBeGreaterThan(0);
  });
});

test('signals that are not switched on never object', async () => {
  const { stage, ask } = createStage({});
  stage.metrics = { logBytes: 2 ** 50, freeBytes: 0, transactions: 1000, refusedTransactions: 1000 };
  expect(await ask(24 * hour, 'worked', 1e6)).toEqual({ kind: 'go' });
});

test('signals that are switched on let a run go while all is well', async () => {
  const { ask } = createStage({
    maximumMilliseconds: hour,
    until: { hour: 13, minute: 0 },
    window: { from: { hour: 11, minute: 0 }, to: { hour: 13, minute: 0 } },
    maximumLogBytes: 1,
    minimumFreeBytes: 1,
    maximumBusyShare: 0,
    flagFile: join(createFolder(), 'absent'),
    command: 'true',
  });
  expect(await ask(1000, 'worked', 1e6)).toEqual({ kind: 'go' });
});

test('signals of a server let a run go while all is well, and make it wait where they are hidden from the user', async () => {
  const settings = {
    maximumLagBytes: 0,
    maximumLogBytesPerSecond: 0,
    maximumUnarchived: 0,
    maximumBlocked: 0,
    maximumActive: 0,
    maximumTransactionAge: 0,
    vacuums: 'awaited',
    query: 'SELECT true',
  } as const;
  const { stage, ask } = createStage(settings, undefined, 'on a server');
  expect(await ask(0)).toEqual({ kind: 'go' });
  for (const sign of Object.keys(relaxed)) {
    stage.strain = { ...relaxed, [sign]: null };
    const reason = expect.stringContaining('GRANT pg_monitor') as string;
    expect(await ask(2000), sign).toMatchObject({ kind: 'wait', reason });
  }
});

test('a signal of a server is refused for a file, and one of a file for a server', () => {
  const refused = expect.objectContaining({ code: 'KT_NO_SUCH_SIGNAL' }) as Error;
  expect(() => createStage({ maximumBlocked: 0 })).toThrow(refused);
  expect(() => createStage({ query: 'SELECT true' })).toThrow(refused);
  expect(() => createStage({ maximumBusyShare: 0 }, undefined, 'on a server')).toThrow(refused);
  expect(() => createStage({ minimumFreeBytes: 1 }, undefined, 'on a server')).toThrow(refused);
});

test('a signal that cannot be read makes the run wait, without what the error says', async () => {
  const throttle = createThrottle(
    { maximumLogBytes: 1 },
    {
      elapsed: () => 0,
      now: () => 0,
      database: {
        metrics: () => Promise.reject(new Error('a secret')),
        keepLogShort: () => Promise.resolve(),
      },
    },
  );
  const verdict = await throttle.ask({ rows: 0, milliseconds: 0, limits: noLimits });
  expect(verdict).toEqual({
    kind: 'wait',
    milliseconds: 1000,
    reason: 'cannot read the signal "log size": unexpected error',
  });
});

test('a maximum rate holds over time, whatever the chunks, and follows when it is turned', async () => {
  const { stage, ask } = createStage({});
  stage.limits = { ...noLimits, maximumRowsPerSecond: 100 };
  let [rows, seconds] = [0, 0];
  while (rows < 10_000) {
    rows += 250;
    let verdict = await ask(100, 'worked', 250);
    while (verdict.kind === 'wait') verdict = await ask(verdict.milliseconds);
    seconds = stage.elapsed / 1000;
  }
  expect(rows / seconds).toBeCloseTo(100, 0);
  await ask(0, 'worked', 1000);
  stage.limits = { ...noLimits, maximumRowsPerSecond: 10_000 };
  expect(await ask(0)).toMatchObject({ kind: 'wait', milliseconds: 100 });
  stage.limits = noLimits;
  expect(await ask(0)).toEqual({ kind: 'go' });
});

test('a ratio of 2 makes the run wait twice as long as it works', async () => {
  const { stage, ask } = createStage({});
  stage.limits = { ...noLimits, niceRatio: 2 };
  expect(await ask(50, 'worked')).toMatchObject({ kind: 'wait', milliseconds: 100 });
  expect(await ask(60)).toMatchObject({ kind: 'wait', milliseconds: 40 });
  expect(await ask(40)).toEqual({ kind: 'go' });
});

describe('the time window', () => {
  const night = { window: { from: { hour: 22, minute: 0 }, to: { hour: 6, minute: 0 } } };

  test('is waited for, worked in past midnight, and ends the run when it closes', async () => {
    const { ask } = createStage(night, '2026-03-02T21:59:00');
    expect(await ask(0)).toMatchObject({
      kind: 'wait',
      reason: 'the window 22:00-06:00 is closed until 22:00 (--window)',
    });
    expect(await ask(60_000)).toEqual({ kind: 'go' });
    expect(await ask(7.9 * hour)).toEqual({ kind: 'go' });
    expect(await ask(0.1 * hour)).toMatchObject({ kind: 'stop' });
  });

  test('a clock that is set back a little does not end the run', async () => {
    const { stage, ask } = createStage(night, '2026-03-02T22:00:30');
    expect(await ask(0)).toEqual({ kind: 'go' });
    stage.shift = -60_000;
    expect(await ask(0)).toMatchObject({ kind: 'wait' });
    expect(await ask(30_000)).toEqual({ kind: 'go' });
  });
});

test('a duration is measured by a clock that does not jump', async () => {
  const { stage, ask } = createStage({ maximumMilliseconds: 1000 });
  stage.shift = 10 * hour;
  expect(await ask(999)).toEqual({ kind: 'go' });
  stage.shift = -10 * hour;
  expect(await ask(1)).toMatchObject({ kind: 'stop' });
});

describe('the own command', () => {
  test('gives its first line as the reason, is asked at intervals, and its yes ends the wait', async () => {
    const path = join(createFolder(), 'check');
    writeFileSync(path, '#!/bin/sh\necho "replica is behind"\necho more\nexit 3\n');
    chmodSync(path, 0o755);
    const { ask } = createStage({ command: path });
    const reason = 'the command of --throttle-command says: replica is behind';
    expect(await ask(0)).toMatchObject({ kind: 'wait', reason });
    writeFileSync(path, '#!/bin/sh\nexit 0\n');
    expect(await ask(1)).toMatchObject({ kind: 'wait', reason });
    expect(await ask(5000)).toEqual({ kind: 'go' });
  });

  test('sees nothing of the environment, which may hold keys', async () => {
    process.env['KEYTURN_TEST_SECRET'] = 'a key';
    onTestFinished(() => {
      delete process.env['KEYTURN_TEST_SECRET'];
    });
    const { ask } = createStage({ command: 'test -z "$KEYTURN_TEST_SECRET"' });
    expect(await ask(0)).toEqual({ kind: 'go' });
  });

  test('one that does not exist makes the run wait', async () => {
    const { ask } = createStage({ command: '/no/such/program' });
    expect(await ask(0)).toMatchObject({
      kind: 'wait',
      reason: expect.stringContaining('exit 127') as string,
    });
  });
});
