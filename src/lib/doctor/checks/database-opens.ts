import { countedText } from '../../model/texts/counted-text.ts';
import { fail, ok, type Check } from '../check.ts';

/** Whether the database can be read at all. */
export const databaseOpens: Check = {
  name: 'database',
  databases: ['sqlite', 'postgres'],
  async examine({ database, problem, location }) {
    if (!database) return [fail(problem?.message ?? 'cannot be opened', problem?.fix ?? null)];
    const tables = await database.listTables();
    return [ok(`"${location}" opens, ${countedText(tables.length, 'table')}`)];
  },
};
