import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Step } from '../../src/lib/model/runs/step.ts';
import { createLiveFleet, type LiveFleet } from '../support/live-fleet.ts';
import { keyturnPath } from '../support/run-keyturn.ts';
import { stateOf, type RunningKeyturn } from '../support/start-keyturn.ts';

/** Lets a minute pass for the lease of a run that stands still. */
function expireLeases(fleet: LiveFleet): void {
  fleet.use((database) => {
    database.exec("UPDATE keyturn_worker SET lease_until = lease_until - 60000 WHERE state = 'running'");
  });
}

async function stoppedAt(fleet: LiveFleet, step: Step, occurrence: number): Promise<RunningKeyturn> {
  const rotation = fleet.startRotation({
    args: ['--batch-rows', '50'],
    signals: [{ step, occurrence, signal: 'SIGSTOP' }],
  });
  await rotation.standsStill();
  return rotation;
}

test.each([
  { step: 'after commit', occurrence: 9 },
  { step: 'pass finished', occurrence: 1 },
] as const)(
  'a run that stood still at "$step" finds itself replaced and commits nothing more',
  async (at) => {
    const fleet = createLiveFleet({ metrics: 150 });
    const stalled = await stoppedAt(fleet, at.step, at.occurrence);
    expect((await fleet.rotate()).code).toBe(11);
    expireLeases(fleet);
    const second = await fleet.rotate();
    expect(second).toMatchObject({ code: 0, json: { state: 'succeeded' } });
    const content = fleet.use(ledgerAndCells);
    stalled.signal('SIGCONT');
    const { code, json } = await stalled.ended;
    expect(code, JSON.stringify(json)).toBe(11);
    expect(json).toMatchObject({ error: { code: 'KT_RUN_TAKEN_OVER' } });
    expect(fleet.use(ledgerAndCells)).toEqual(content);
    expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
  },
);

/** Everything a run could have changed. */
function ledgerAndCells(database: Database.Database): readonly unknown[] {
  return ['keyturn_migration', 'keyturn_target', 'keyturn_chunk', 'keyturn_worker', 'metrics_history'].map(
    (table) => database.prepare(`SELECT * FROM ${table}`).raw().all(),
  );
}

test('a run that goes on before anybody replaced it just goes on', async () => {
  const fleet = createLiveFleet({ metrics: 150 });
  const stalled = await stoppedAt(fleet, 'chunk read', 2);
  expireLeases(fleet);
  stalled.signal('SIGCONT');
  expect((await stalled.ended).code).toBe(0);
  expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
});

test('a killed run is replaced at once, although its lease has not expired', async () => {
  const fleet = createLiveFleet({ metrics: 150 });
  const killed = await stoppedAt(fleet, 'chunk read', 2);
  killed.signal('SIGKILL');
  await killed.ended;
  expect(await fleet.rotate()).toMatchObject({ code: 0, json: { state: 'succeeded' } });
  expect(fleet.use(leasesLeftAtTakeover)).toEqual([expect.any(Number)]);
  expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
});

test.runIf(process.platform === 'linux')(
  'a killed run whose parent never asks for its exit code is replaced at once',
  async () => {
    const fleet = createLiveFleet({ metrics: 150 });
    const command = `${process.execPath} ${keyturnPath} rotate --database fleet.db --old-key file:old.key \
      --new-key file:new.key --yes --no-backup --batch-rows 1 & echo $!; exec sleep 60`;
    const parent = spawn('sh', ['-c', command], { cwd: fleet.folder, stdio: ['ignore', 'pipe', 'ignore'] });
    const [processId] = (await once(parent.stdout, 'data')) as [Buffer];
    await expect.poll(() => fleet.use(chunksDone), { timeout: 60_000 }).toBeGreaterThan(0);
    process.kill(Number(processId.toString()), 'SIGKILL');
    await expect.poll(() => stateOf(Number(processId.toString())), { timeout: 60_000 }).toBe('Z');
    const { code, json } = await fleet.rotate();
    parent.kill('SIGKILL');
    expect(json).toMatchObject({ state: 'succeeded' });
    expect(code).toBe(0);
    expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
  },
);

/** How long the lease of each lost run would still have lasted when the next run began. */
function leasesLeftAtTakeover(database: Database.Database): readonly unknown[] {
  return database
    .prepare(
      `SELECT lost.lease_until - next.started_at AS remaining FROM keyturn_worker AS lost
         JOIN keyturn_worker AS next ON next.id = lost.id + 1 WHERE lost.state = 'lost' AND remaining > 0`,
    )
    .pluck()
    .all();
}

function chunksDone(database: Database.Database): unknown {
  const isThere = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'keyturn_chunk'").get();
  if (isThere === undefined) return 0;
  return database.prepare("SELECT count(*) FROM keyturn_chunk WHERE state = 'done'").pluck().get();
}
