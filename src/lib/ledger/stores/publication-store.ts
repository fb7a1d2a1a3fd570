import type { Kysely } from 'kysely';
import { appendEvent, listEvents } from '../events/event-chain.ts';
import type { PublicationNote } from '../ledger-notes.ts';
import type { LedgerTables } from '../schema/tables.ts';

const eventType = 'key published';

/** Remembers where the new key is written; see LedgerWriter. */
export async function notePublication(
  ledger: Kysely<LedgerTables>,
  { migrationId, reference, actor }: PublicationNote,
): Promise<void> {
  await appendEvent(ledger, { migrationId, actor, type: eventType, body: { reference } });
}

/** Where the last run that wrote the new key wrote it; see LedgerReader. */
export async function findPublication(
  ledger: Kysely<LedgerTables>,
  migrationId: string,
): Promise<string | undefined> {
  const events = await listEvents(ledger, migrationId);
  const last = events.findLast(({ type }) => type === eventType);
  if (!last) return undefined;
  const { reference } = JSON.parse(last.body) as { readonly reference?: unknown };
  return typeof reference === 'string' ? reference : undefined;
}
