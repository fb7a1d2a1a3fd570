import { describe, expect, onTestFinished, test } from 'vitest';
import { openSqliteDatabase } from '../../src/lib/databases/sqlite/open-database.ts';
import { createLedger } from '../../src/lib/ledger/create-ledger.ts';
import { exitCodes } from '../../src/lib/model/exit-codes.ts';
import { createLiveFleet, type LiveFleet } from '../support/live-fleet.ts';
import type { RunningKeyturn } from '../support/start-keyturn.ts';

/** A rotation that stands still half way, and again when others have turned it away some times. */
async function stoppedRotation(fleet: LiveFleet): Promise<RunningKeyturn> {
  const rotation = fleet.startRotation({
    args: ['--batch-rows', '50'],
    signals: [
      { step: 'chunk transcoded', occurrence: 3, signal: 'SIGSTOP' },
      { step: 'turned away', occurrence: 8, signal: 'SIGSTOP' },
    ],
  });
  await rotation.standsStill();
  return rotation;
}

describe.each(['wal', 'delete'] as const)('an application that holds the lock (%s)', (journalMode) => {
  test('is waited for, however often it turns us away', async () => {
    const fleet = createLiveFleet({ metrics: 150, journalMode });
    const rotation = await stoppedRotation(fleet);
    const application = fleet.connect();
    application.exec('BEGIN IMMEDIATE');
    rotation.signal('SIGCONT');
    await rotation.standsStill();
    const held = fleet.compare().underNew;
    application.exec('COMMIT');
    rotation.signal('SIGCONT');
    expect(await rotation.ended).toMatchObject({ code: 0, json: { state: 'succeeded' } });
    expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
    expect(held).toBeLessThan(fleet.compare().underNew);
  });

  test('for longer than we wait ends with 75, and the same command goes on later', async () => {
    const fleet = createLiveFleet({ metrics: 150, journalMode });
    const timeoutMilliseconds = 300;
    const options = { path: fleet.path, access: 'write', use: 'shared', createLedger } as const;
    const database = await openSqliteDatabase({ ...options, timeoutMilliseconds });
    onTestFinished(() => database.close());
    const application = fleet.connect();
    application.exec('BEGIN IMMEDIATE');
    const started = performance.now();
    await expect(database.transaction(({ ledger }) => ledger.install())).rejects.toMatchObject({
      code: 'KT_DATABASE_BUSY',
      exitCode: exitCodes.temporaryFailure,
    });
    expect(performance.now() - started).toBeGreaterThanOrEqual(timeoutMilliseconds);
    application.exec('COMMIT');
    await database.transaction(({ ledger }) => ledger.install());
    expect(await database.ledger.listMigrations()).toEqual([]);
  });
});

test('a reader that keeps the log from being written back holds nobody up', async () => {
  const fleet = createLiveFleet({ metrics: 1500 });
  const { underOld } = fleet.compare();
  const reader = fleet.connect();
  reader.exec('BEGIN');
  const read = reader.prepare('SELECT metrics_json_encrypted FROM metrics_history').pluck();
  const before = read.all();
  expect(await fleet.rotate('--exclusive')).toMatchObject({
    code: 11,
    json: { error: { code: 'KT_NOT_EXCLUSIVE' } },
  });
  expect(await fleet.rotate()).toMatchObject({ code: 0, json: { state: 'succeeded' } });
  expect(read.all()).toEqual(before);
  reader.exec('COMMIT');
  expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0, underNew: underOld });
});

test('a reader that keeps a commit from its database file is waited for', async () => {
  const fleet = createLiveFleet({ metrics: 150, journalMode: 'delete' });
  const rotation = await stoppedRotation(fleet);
  const reader = fleet.connect();
  reader.exec('BEGIN');
  reader.prepare('SELECT count(*) FROM metrics_history').get();
  rotation.signal('SIGCONT');
  await rotation.standsStill();
  reader.exec('COMMIT');
  rotation.signal('SIGCONT');
  expect(await rotation.ended).toMatchObject({ code: 0, json: { state: 'succeeded' } });
  expect(fleet.compare()).toMatchObject({ wrong: [], underOld: 0 });
});
