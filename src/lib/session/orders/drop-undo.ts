import { lives, locked } from '../../engine/runs/living-runs.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { openDatabase } from '../database/open-database.ts';
import { currentRunner } from '../database/run-owner.ts';

/** Cells deleted in one transaction, so that it holds the lock only briefly. */
const atOnce = 500;

/**
 * Deletes all old cells that were kept for a rollback, and overwrites the pages they stood on. Throws `KT_LOCKED` while a
 * run is at work: it may be keeping more. The ledger records who has done so. Killed, it leaves the rest, for the next time.
 */
export async function dropUndo(location: DatabaseLocation): Promise<number> {
  const database = await openDatabase(location, { access: 'write', use: 'shared', deleted: 'overwritten' });
  let dropped = 0;
  try {
    for (;;) {
      const found = await database.transaction(async ({ ledger }) => {
        const lease = (await ledger.listLeases()).find((one) => lives(one, currentRunner()));
        if (lease) throw locked(lease);
        if ((await ledger.countKeptCells()) === 0) return 0;
        if (dropped === 0) {
          await ledger.install();
          await ledger.noteUndoDrop(currentRunner().actor);
        }
        return ledger.dropKeptCells(atOnce);
      });
      if (found === 0) return dropped;
      dropped += found;
    }
  } finally {
    await database.close();
  }
}
