import { isUnfinished } from '../../model/migrations/migration-state.ts';
import { ok, warn, type Check } from '../check.ts';

/** A migration that was begun and has not ended. */
export const unfinishedMigration: Check = {
  name: 'migrations',
  databases: ['sqlite', 'postgres'],
  async examine({ database }) {
    if (!database) return [];
    const migrations = await database.ledger.listMigrations();
    const unfinished = migrations.find(({ state }) => isUnfinished(state));
    if (!unfinished) return [ok(`none is unfinished, ${String(migrations.length)} in the ledger`)];
    const message = `migration ${unfinished.id} is ${unfinished.state}: cells may be under both keys`;
    return [warn(message, 'keyturn status   # says whether it runs, and how to go on or back')];
  },
};
