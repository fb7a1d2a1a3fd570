import canonicalize from 'canonicalize';
import type { Kysely } from 'kysely';
import type { ChainHead, RecordedEvent } from '../../model/migrations/recorded-event.ts';
import { databaseNow } from '../clock.ts';
import { readMeta, writeMeta } from '../meta.ts';
import type { LedgerTables } from '../schema/tables.ts';
import { beforeFirst, hashEvent } from './event-hash.ts';

/** Something the ledger records; never a key, a plaintext or a cell. */
export interface LedgerEvent {
  readonly migrationId: string | null;
  readonly actor: string;
  readonly type: string;
  readonly body: EventBody;
}

/** What an event says besides; never a key, a plaintext or a cell. */
export type EventBody = Readonly<Record<string, string | number | null | readonly EventBody[]>>;

/**
 * Appends an event to the chain, in the transaction of what it records. It follows the head that `keyturn_meta` names,
 * not the last row there is: events that were cut off at the end stay missing for ever.
 */
export async function appendEvent(ledger: Kysely<LedgerTables>, event: LedgerEvent): Promise<void> {
  const head = (await readChainHead(ledger)) ?? (await readLastEvent(ledger));
  const { now } = await ledger.selectNoFrom(databaseNow.as('now')).executeTakeFirstOrThrow();
  const previousHash = head?.hash ?? beforeFirst;
  const body = canonicalize(event.body) ?? '';
  const seq = (head?.seq ?? 0) + 1;
  const hash = hashEvent({ ...event, body, at: now, previousHash });
  await ledger
    .insertInto('keyturn_event')
    .values({
      seq,
      migration_id: event.migrationId,
      at: now,
      actor: event.actor,
      type: event.type,
      body,
      previous_hash: previousHash,
      hash,
    })
    .execute();
  await writeMeta(ledger, 'event_head', `${String(seq)}:${hash}`);
}

/** The head of the chain; undefined where nothing was appended yet, or somebody has deleted or garbled it. */
export async function readChainHead(ledger: Kysely<LedgerTables>): Promise<ChainHead | undefined> {
  const head = (await readMeta(ledger, 'event_head')) ?? '';
  const { seq, hash } = /^(?<seq>\d+):(?<hash>[0-9a-f]{64})$/.exec(head)?.groups ?? {};
  return seq === undefined || hash === undefined ? undefined : { seq: Number(seq), hash };
}

/** All events in their order, or those of one migration. */
export async function listEvents(
  ledger: Kysely<LedgerTables>,
  migrationId?: string,
): Promise<readonly RecordedEvent[]> {
  const all = ledger.selectFrom('keyturn_event').selectAll().orderBy('seq');
  const rows = await (
    migrationId === undefined ? all : all.where('migration_id', '=', migrationId)
  ).execute();
  return rows.map(({ migration_id, previous_hash, ...row }) => ({
    ...row,
    migrationId: migration_id,
    previousHash: previous_hash,
  }));
}

function readLastEvent(ledger: Kysely<LedgerTables>): Promise<ChainHead | undefined> {
  return ledger
    .selectFrom('keyturn_event')
    .select(['seq', 'hash'])
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
}
