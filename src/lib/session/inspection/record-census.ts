import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { ChainHead } from '../../model/migrations/recorded-event.ts';
import { openDatabase } from '../database/open-database.ts';
import { currentRunner } from '../database/run-owner.ts';
import type { Verification } from './verify-database.ts';

/** Writes what a verification has counted into the ledger, as an event, and returns the new head of its chain. */
export async function recordCensus(
  location: DatabaseLocation,
  { oldKey, newKey, columns }: Verification,
): Promise<ChainHead> {
  const database = await openDatabase(location, { access: 'write', use: 'shared' });
  try {
    return await database.transaction(async ({ ledger }) => {
      await ledger.install();
      const [latest] = await ledger.listMigrations();
      await ledger.recordCensus({
        migrationId: latest?.id ?? null,
        actor: currentRunner().actor,
        oldKeyId: oldKey?.key.id ?? null,
        newKeyId: newKey?.key.id ?? null,
        columns,
      });
      const head = await ledger.readChainHead();
      if (!head) throw new Error('an event was appended, and the chain has no head');
      return head;
    });
  } finally {
    await database.close();
  }
}
