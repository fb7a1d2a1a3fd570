import { listProcesses } from '../../model/databases/other-process.ts';
import { ok, warn, type Check } from '../check.ts';

/** Who else has the database open. */
export const otherProcesses: Check = {
  name: 'other processes',
  databases: ['sqlite', 'postgres'],
  async examine({ database }) {
    if (!database) return [];
    const others = await database.otherProcesses();
    if (others.length === 0) return [ok('nobody else on this machine has the database open')];
    const message = `${listProcesses(others)} has the database open`;
    return [
      warn(message, 'let it read cells under both keys before a rotation, or stop it and use --exclusive'),
    ];
  },
};
