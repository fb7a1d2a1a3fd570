import { expect, test, vi } from 'vitest';
import type { StatusResult } from '../../src/lib/cli/results/status-result.ts';
import { createPostgresScene, type PostgresScene } from '../support/postgres/postgres-scene.ts';
import { peopleTable } from '../support/postgres/token-table.ts';
import { opened, rotationKeys } from '../support/scene.ts';
import type { RunningKeyturn, SignalAtStep } from '../support/start-keyturn.ts';

const rows = 400;
const patience = { timeout: 120_000, interval: 50 };

/** Counts in the transaction of each update how often a row was written. */
const countedPeople = `${peopleTable(rows)}
  CREATE TABLE writes(id bigint, process int);
  CREATE FUNCTION note_write() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN INSERT INTO writes VALUES (NEW.id, pg_backend_pid()); RETURN NULL; END $$;
  CREATE TRIGGER note_write AFTER UPDATE ON people FOR EACH ROW EXECUTE FUNCTION note_write();`;

const quiet = ['--yes', '--json', '--progress', 'none'];
const flags = [...quiet, '--triggers', 'fire'];

function start(
  scene: PostgresScene,
  command: readonly string[],
  signals: readonly SignalAtStep[] = [],
): RunningKeyturn {
  return scene.start([...command, ...flags], signals);
}

async function expectOneWriteARow(scene: PostgresScene): Promise<void> {
  const cells = await scene.query('SELECT secret FROM people ORDER BY id');
  cells.forEach(([secret], index) => {
    expect(opened('new', secret ?? null)).toBe(`secret ${String(index)}`);
  });
  const written = await scene.query('SELECT id FROM writes GROUP BY id HAVING count(*) <> 1');
  expect(written).toEqual([]);
  expect(await scene.query('SELECT count(DISTINCT id) FROM writes')).toEqual([[String(rows)]]);
  expect(await scene.query("SELECT count(*) FROM keyturn_chunk WHERE state <> 'done'")).toEqual([['0']]);
  expect(await scene.query('SELECT state FROM keyturn_migration')).toEqual([['succeeded']]);
}

function runsOf(scene: PostgresScene): Promise<readonly (readonly (string | null)[])[]> {
  return scene.query("SELECT id FROM keyturn_worker WHERE state = 'running'");
}

test('five processes share one migration; one of them is killed, and the last to finish verifies', async () => {
  const scene = await createPostgresScene(countedPeople);
  const first = start(scene, ['rotate', ...rotationKeys, '--batch-rows', '2', '--max-rate', '100']);
  await vi.waitFor(async () => {
    expect(await scene.query("SELECT 1 FROM keyturn_chunk WHERE state = 'done' LIMIT 1")).toHaveLength(1);
  }, patience);
  // They meet at a pause, so that all of them are there when the work begins.
  expect(await scene.run('pause', '--wait', '1m')).toMatchObject({ code: 0 });
  const killed = start(
    scene,
    ['execute', '--join'],
    [{ step: 'cells replaced', occurrence: 4, signal: 'SIGKILL' }],
  );
  // It suppressed them for its own rows alone, without a word.
  const opposed = await scene.start(['execute', '--join', '--triggers', 'suppress', ...quiet]).ended;
  expect(opposed).toMatchObject({ code: 11, json: { error: { code: 'KT_TRIGGERS' } } });
  expect(opposed.stdout).toMatch(/process \d+ on .* lets triggers fire, and this run would suppress them/u);
  const following = scene.start(['execute', '--join', ...quiet]);
  const joined = [following, ...Array.from({ length: 2 }, () => start(scene, ['execute', '--join']))];
  await vi.waitFor(async () => {
    expect(await runsOf(scene)).toHaveLength(5);
  }, patience);
  const { stdout } = await scene.run('status', '--json');
  const { runs } = JSON.parse(stdout) as StatusResult;
  expect(new Set(runs.map(({ process }) => process)).size).toBe(5);
  expect((await scene.run('status')).stdout).toMatch(/runs\s+5: process \d+ on .* rows\), process/u);
  const alone = await start(scene, ['execute']).ended;
  expect(alone).toMatchObject({ code: 11, json: { error: { code: 'KT_LOCKED' } } });
  expect(await scene.run('resume')).toMatchObject({ code: 0 });
  expect((await killed.ended).signal).toBe('SIGKILL');
  const ends = await Promise.all([first, ...joined].map(({ ended }) => ended));
  for (const { code, stderr } of ends) expect(code, stderr).toBe(0);
  expect((await following.ended).stderr).toMatch(/^--triggers fire, as process \d+ on .* has it$/mu);
  const states = ends.map(({ json }) => (json as { readonly state: string }).state).sort();
  expect(states).toEqual(['handed over', 'handed over', 'handed over', 'succeeded']);
  const sharers = await scene.query('SELECT worker_id FROM keyturn_chunk WHERE pass = 1 GROUP BY 1');
  expect(sharers.length).toBeGreaterThan(3);
  await expectOneWriteARow(scene);
  expect(await scene.run('audit verify')).toMatchObject({ code: 0 });
});

test('a process that stood still past its lease, in the middle of a transaction, writes nothing when it wakes', async () => {
  const scene = await createPostgresScene(countedPeople);
  const stopped = start(
    scene,
    ['rotate', ...rotationKeys, '--batch-rows', '5'],
    [{ step: 'cells replaced', occurrence: 20, signal: 'SIGSTOP' }],
  );
  await stopped.standsStill();
  // A minute later: the lease is over, and the server has ended transactions that stood idle.
  await scene.query('UPDATE keyturn_worker SET lease_until = 0');
  await scene.query(
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'keyturn' AND state LIKE 'idle in transaction%'",
  );
  const second = await start(scene, ['execute']).ended;
  expect(second).toMatchObject({ code: 0, json: { state: 'succeeded' } });
  stopped.signal('SIGCONT');
  expect(await stopped.ended).toMatchObject({ code: 11, json: { error: { code: 'KT_RUN_TAKEN_OVER' } } });
  await expectOneWriteARow(scene);
});

const plaintextPeople = `CREATE TABLE people(id bigint PRIMARY KEY, email text);
  INSERT INTO people SELECT n, 'p' || n || '@example.org' FROM generate_series(1, ${String(rows)}) AS n`;
const encryption = ['--column', 'people.email', '--key', 'file:new.key', '--into', '{column}_encrypted'];
const finalizing = ['--auto-finalize', '--confirm', 'people.email'];

/** Begins to encrypt, so slowly that others come in time. */
async function startSlowly(scene: PostgresScene): Promise<RunningKeyturn> {
  const slowly = ['--batch-rows', '10', '--max-rate', '40'];
  const first = start(scene, ['encrypt', ...encryption, ...finalizing, ...slowly]);
  await vi.waitFor(async () => {
    expect(await scene.query("SELECT 1 FROM keyturn_chunk WHERE state = 'done' LIMIT 1")).toHaveLength(1);
  }, patience);
  return first;
}

/** Lets two runs go on as fast as they can. */
async function hurryBoth(scene: PostgresScene): Promise<void> {
  await vi.waitFor(async () => {
    expect(await runsOf(scene)).toHaveLength(2);
  }, patience);
  expect(await scene.run('tune', '--max-rate', 'none')).toMatchObject({ code: 0 });
}

async function expectFinalized(scene: PostgresScene): Promise<void> {
  expect(await scene.query('SELECT count(email), count(email_encrypted) FROM people')).toEqual([
    ['0', String(rows)],
  ]);
  expect(await scene.run('audit verify')).toMatchObject({ code: 0 });
}

test('a run that is to finalize waits for one that joined without that, so that it is the one that ends the migration', async () => {
  const scene = await createPostgresScene(plaintextPeople);
  const first = await startSlowly(scene);
  const atTheEnd = { step: 'pass finished', occurrence: 1, signal: 'SIGSTOP' } as const;
  const joined = start(scene, ['execute', '--join'], [atTheEnd]);
  await hurryBoth(scene);
  await joined.standsStill();
  await vi.waitFor(async () => {
    expect(await scene.query("SELECT 1 FROM keyturn_event WHERE type = 'run waiting'")).toHaveLength(1);
  }, patience);
  joined.signal('SIGCONT');
  expect(await joined.ended).toMatchObject({ code: 0, json: { state: 'handed over' } });
  expect(await first.ended).toMatchObject({ code: 0, json: { state: 'succeeded' } });
  await expectFinalized(scene);
});

// The wish of the one that came second was lost.
test('a run that was told something else to do in the end is refused when it joins; one that was told more ends the migration', async () => {
  const scene = await createPostgresScene(plaintextPeople);
  const first = await startSlowly(scene);
  const opposed = await start(scene, ['execute', '--join', ...finalizing, '--contract', 'drop']).ended;
  expect(opposed).toMatchObject({ code: 11, json: { error: { code: 'KT_CONCLUDED_OTHERWISE' } } });
  const { message } = (opposed.json as { readonly error: { readonly message: string } }).error;
  expect(message).toMatch(
    /process \d+ on .*, which works on it, is to empty the columns of plaintext, and this one to drop the columns of plaintext$/u,
  );
  const joined = start(scene, ['execute', '--join', ...finalizing, '--max-quarantine', '2']);
  await hurryBoth(scene);
  expect(await first.ended).toMatchObject({ code: 0, json: { state: 'handed over' } });
  expect(await joined.ended).toMatchObject({ code: 0, json: { state: 'succeeded' } });
  await expectFinalized(scene);
});
