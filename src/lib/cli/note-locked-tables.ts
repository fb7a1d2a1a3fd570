import { lockedTableText, onLockedTables } from '../model/databases/locked-table.ts';
import { printable } from '../reporters/printable.ts';

/** Notes once for each table that somebody keeps locked who that is, until the returned function is called. */
export function noteLockedTables(note: (text: string) => void): () => void {
  const told = new Set<string>();
  return onLockedTables((tables) => {
    for (const locked of tables) {
      const lock = JSON.stringify([locked.table, locked.session.processId]);
      if (!told.has(lock)) note(`waiting, because ${printable(lockedTableText(locked))}`);
      told.add(lock);
    }
  });
}
