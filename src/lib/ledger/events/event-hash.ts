import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { RecordedEvent } from '../../model/migrations/recorded-event.ts';

/** In place of a hash before the first event. */
export const beforeFirst = '0'.repeat(64);

/** SHA-256 over an event's content and the hash of the event before it, in hexadecimal. */
export function hashEvent(event: Omit<RecordedEvent, 'seq' | 'hash'>): string {
  const content = {
    migration_id: event.migrationId,
    at: event.at,
    actor: event.actor,
    type: event.type,
    body: event.body,
    previous_hash: event.previousHash,
  };
  return createHash('sha256')
    .update(canonicalize(content) ?? '')
    .digest('hex');
}
