import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { Kysely } from 'kysely';
import { databaseNow } from './clock.ts';
import type { LedgerTables } from './tables.ts';

/** Something the ledger records; never a key, a plaintext or a cell. */
export interface LedgerEvent {
  readonly migrationId: string | null;
  readonly actor: string;
  readonly type: string;
  readonly body: Readonly<Record<string, string | number | null>>;
}

const beforeFirst = '0'.repeat(64);

/**
 * Appends an event to the chain, in the transaction of what it records. Each event's hash covers its content
 * and the hash before it, so that an edit, a deletion or a reordering shows.
 */
export async function appendEvent(ledger: Kysely<LedgerTables>, event: LedgerEvent): Promise<void> {
  const head = await ledger
    .selectFrom('keyturn_event')
    .select('hash')
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const { now } = await ledger.selectNoFrom(databaseNow.as('now')).executeTakeFirstOrThrow();
  const previousHash = head?.hash ?? beforeFirst;
  const content = {
    migration_id: event.migrationId,
    at: now,
    actor: event.actor,
    type: event.type,
    body: canonicalText(event.body),
    previous_hash: previousHash,
  };
  await ledger
    .insertInto('keyturn_event')
    .values({ ...content, hash: createHash('sha256').update(canonicalText(content)).digest('hex') })
    .execute();
}

function canonicalText(value: object): string {
  return canonicalize(value) ?? '';
}
