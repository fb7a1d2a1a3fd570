import type { Kysely } from 'kysely';
import type { CensusRecord } from '../ledger-notes.ts';
import type { LedgerTables } from '../schema/tables.ts';
import { appendEvent } from './event-chain.ts';

/** Records what a verification has counted; see LedgerWriter. */
export async function recordCensus(
  ledger: Kysely<LedgerTables>,
  { migrationId, actor, oldKeyId, newKeyId, columns }: CensusRecord,
): Promise<void> {
  const counts = columns.map(({ table, column, cells }) => ({ table, column, ...cells }));
  const body = { old_key: oldKeyId, new_key: newKeyId, columns: counts };
  await appendEvent(ledger, { migrationId, actor, type: 'census recorded', body });
}
