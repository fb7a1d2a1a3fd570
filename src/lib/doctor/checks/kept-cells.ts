import { countedText } from '../../model/texts/counted-text.ts';
import { ok, warn, type Check } from '../check.ts';

/** Old cells that were kept for a rollback: whoever has the old key can read them. */
export const keptCells: Check = {
  name: 'kept cells',
  databases: ['sqlite', 'postgres'],
  async examine({ database }) {
    if (!database) return [];
    const kept = await database.ledger.countKeptCells();
    if (kept === 0) return [ok('no old cell is kept for a rollback')];
    const message = `${countedText(kept, 'old cell is', 'old cells are')} kept for a rollback, under the old key`;
    return [warn(message, 'keyturn undo drop   # once nothing is to be taken back')];
  },
};
