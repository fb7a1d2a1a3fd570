import { onTableLocks, tableLockText } from '../model/databases/table-lock.ts';
import { printable } from '../reporters/printable.ts';

/** Notes once of each session that keeps tables from others which ones and who that is, until the returned function is called. */
export function noteTableLocks(note: (text: string) => void): () => void {
  const told = new Set<string>();
  return onTableLocks((locks) => {
    for (const lock of locks) {
      const key = JSON.stringify([lock.kind, lock.tables, lock.session.processId]);
      if (!told.has(key)) note(`waiting, because ${printable(tableLockText(lock))}`);
      told.add(key);
    }
  });
}
