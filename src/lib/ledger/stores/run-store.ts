import { sql, type Kysely } from 'kysely';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { leaseMilliseconds, type RunLease, type RunOwner } from '../../model/runs/run-owner.ts';
import { databaseNow } from '../clock.ts';
import { appendEvent, listEvents } from '../events/event-chain.ts';
import { openingBody, openingEvent, termsIn } from '../events/run-terms.ts';
import type { NewRun } from '../ledger-notes.ts';
import type { LedgerWriter } from '../ledger.ts';
import type { LedgerTables } from '../schema/tables.ts';

const leaseFromNow = sql<number>`${databaseNow} + ${sql.lit(leaseMilliseconds)}`;

/** How long a run was alive for certain: from its start until it last renewed its lease. */
const heldMilliseconds = sql<number>`lease_until - ${sql.lit(leaseMilliseconds)} - started_at`;

/** How long the runs of a migration that hold a lease have been running; `running_ms` counts them at their end. */
export async function readTimeOfOpenRuns(ledger: Kysely<LedgerTables>, migrationId: string): Promise<number> {
  const { held } = await ledger
    .selectFrom('keyturn_worker')
    .where('migration_id', '=', migrationId)
    .where('state', '=', 'running')
    .select(({ fn }) => fn.sum<number | null>(heldMilliseconds).as('held'))
    .executeTakeFirstOrThrow();
  return held ?? 0;
}

/** Every run that has not given its lease back. */
export async function listLeases(ledger: Kysely<LedgerTables>): Promise<readonly RunLease[]> {
  const rows = await ledger
    .selectFrom('keyturn_worker')
    .selectAll()
    .select(databaseNow.as('now'))
    .where('state', '=', 'running')
    .execute();
  return rows.map((row) => ({
    workerId: row.id,
    migrationId: row.migration_id,
    owner: JSON.parse(row.owner) as RunOwner,
    leaseUntil: row.lease_until,
    now: row.now,
    throttle: throttleOf(row),
  }));
}

/** The part of the ledger that keeps runs and their leases. */
export function createRunWriter(
  ledger: Kysely<LedgerTables>,
): Pick<
  LedgerWriter,
  'openRun' | 'listRunTerms' | 'holdRun' | 'noteThrottle' | 'awaitOthers' | 'closeRun' | 'takeOverRun'
> {
  return {
    openRun: (run) => openRun(ledger, run),
    listRunTerms: async (migrationId) => termsIn(await listEvents(ledger, migrationId)),
    holdRun: (workerId) => holdRun(ledger, workerId),
    noteThrottle: (workerId, reason) => noteThrottle(ledger, workerId, reason),
    awaitOthers: (workerId) => awaitOthers(ledger, workerId),
    closeRun: (workerId, ending) => closeRun(ledger, workerId, ending),
    takeOverRun: (lost, by) => takeOverRun(ledger, lost, by),
  };
}

async function openRun(
  ledger: Kysely<LedgerTables>,
  { migrationId, owner, ...terms }: NewRun,
): Promise<number> {
  const worker = await ledger
    .insertInto('keyturn_worker')
    .values({
      migration_id: migrationId,
      owner: JSON.stringify(owner),
      state: 'running',
      started_at: databaseNow,
      lease_until: leaseFromNow,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  await appendEvent(ledger, {
    migrationId,
    actor: describeOwner(owner),
    type: openingEvent,
    body: openingBody(worker.id, terms),
  });
  return worker.id;
}

/** How old a lease may be before it is renewed: lanes that renew one row wait for each other, in milliseconds. */
const renewedEvery = 1000;

/** Renews the lease unless it is fresh, if this run still holds it. */
async function holdRun(ledger: Kysely<LedgerTables>, workerId: number): Promise<void> {
  const lease = await ledger
    .selectFrom('keyturn_worker')
    .select(sql<number>`lease_until - ${databaseNow}`.as('remaining'))
    .where('id', '=', workerId)
    .where('state', '=', 'running')
    .executeTakeFirst();
  if (!lease) throw takenOver();
  const age = leaseMilliseconds - lease.remaining;
  // A clock that was set back makes leases that are younger than nothing.
  if (age >= 0 && age < renewedEvery) return;
  await ledger
    .updateTable('keyturn_worker')
    .set({ lease_until: leaseFromNow })
    .where('id', '=', workerId)
    .where('state', '=', 'running')
    .execute();
}

/** Remembers why a run goes slower than it could; see LedgerWriter. */
async function noteThrottle(
  ledger: Kysely<LedgerTables>,
  workerId: number,
  reason: string | null,
): Promise<void> {
  await ledger.updateTable('keyturn_worker').set({ throttle: reason }).where('id', '=', workerId).execute();
}

/** A ledger of version 1 knows no throttle. */
function throttleOf({ throttle }: { readonly throttle?: string | null }): string | null {
  return throttle ?? null;
}

const waitingEvent = 'run waiting';

/** Records that a run waits for the others of its migration; see LedgerWriter. */
async function awaitOthers(ledger: Kysely<LedgerTables>, workerId: number): Promise<readonly number[]> {
  const { migration_id: migrationId, owner } = await ledger
    .selectFrom('keyturn_worker')
    .select(['migration_id', 'owner'])
    .where('id', '=', workerId)
    .executeTakeFirstOrThrow();
  const events = await listEvents(ledger, migrationId);
  const waiting = events
    .filter(({ type }) => type === waitingEvent)
    .map(({ body }) => (JSON.parse(body) as { readonly worker: number }).worker);
  if (waiting.includes(workerId)) return waiting;
  const actor = describeOwner(JSON.parse(owner) as RunOwner);
  await appendEvent(ledger, { migrationId, actor, type: waitingEvent, body: { worker: workerId } });
  return [...waiting, workerId];
}

/** Gives a run's lease back; see LedgerWriter. */
async function closeRun(ledger: Kysely<LedgerTables>, workerId: number, ending: string): Promise<void> {
  const worker = await ledger
    .updateTable('keyturn_worker')
    .set({ state: 'released', lease_until: databaseNow })
    .where('id', '=', workerId)
    .where('state', '=', 'running')
    .returning(['migration_id', 'owner', 'started_at', 'lease_until'])
    .executeTakeFirst();
  if (!worker) return;
  await addRunningTime(ledger, worker.migration_id, worker.lease_until - worker.started_at);
  await appendEvent(ledger, {
    migrationId: worker.migration_id,
    actor: describeOwner(JSON.parse(worker.owner) as RunOwner),
    type: 'run closed',
    body: { worker: workerId, ending },
  });
}

/** Ends the lease of a run that is gone or stalled, and gives its chunks new claim tokens. */
async function takeOverRun(ledger: Kysely<LedgerTables>, lost: RunLease, by: RunOwner): Promise<void> {
  const worker = await ledger
    .updateTable('keyturn_worker')
    .set({ state: 'lost' })
    .where('id', '=', lost.workerId)
    .returning(heldMilliseconds.as('held'))
    .executeTakeFirstOrThrow();
  await addRunningTime(ledger, lost.migrationId, worker.held);
  await ledger
    .updateTable('keyturn_chunk')
    .set({ claim_token: sql`claim_token + 1` })
    .where('worker_id', '=', lost.workerId)
    .where('state', '=', 'claimed')
    .execute();
  await appendEvent(ledger, {
    migrationId: lost.migrationId,
    actor: describeOwner(by),
    type: 'run taken over',
    body: { worker: lost.workerId, owner: describeOwner(lost.owner) },
  });
}

/** A run's owner in words, e.g. `process 4711 on db1`. */
function describeOwner(owner: RunOwner): string {
  return `process ${String(owner.processId)} on ${owner.host}`;
}

/** The error of a run that finds itself replaced: whatever it was about to commit is rolled back. */
export function takenOver(): KeyturnError {
  return new KeyturnError({
    code: 'KT_RUN_TAKEN_OVER',
    reason: 'locked',
    message: 'this run stood still for so long that another one has taken it over; nothing of it is lost',
    hints: ['keyturn status'],
  });
}

async function addRunningTime(
  ledger: Kysely<LedgerTables>,
  migrationId: string,
  milliseconds: number,
): Promise<void> {
  await ledger
    .updateTable('keyturn_migration')
    .set({ running_ms: sql`running_ms + ${milliseconds}` })
    .where('id', '=', migrationId)
    .execute();
}
