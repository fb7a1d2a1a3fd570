import { lstatSync } from 'node:fs';
import { dirname } from 'node:path';
import { shellWord } from '../../model/texts/shell-word.ts';
import { ok, warn, type Check } from '../check.ts';
import { databaseFiles } from './database-files.ts';

/** Whether files that keyturn makes will belong to whoever uses the database. */
export const fileOwners: Check = {
  name: 'owners',
  databases: ['sqlite'],
  examine({ location }) {
    const user = process.getuid?.();
    const [database, ...others] = databaseFiles(location);
    if (user === undefined || !database) return Promise.resolve([]);
    const owner = database.stats.uid;
    const strange = others.find(({ stats }) => stats.uid !== owner);
    if (strange) {
      const fix = `chown --reference=${shellWord(location)} ${shellWord(strange.path)}`;
      return Promise.resolve([warn(`"${strange.path}" belongs to another user than the database`, fix)]);
    }
    if (owner === user) return Promise.resolve([ok('the database belongs to you')]);
    const message =
      `the database belongs to user ${String(owner)}, and you are ${String(user)}: ` +
      'a log or a backup that keyturn makes would be yours, and its owner could not use it';
    return Promise.resolve([warn(message, `sudo -u '#${String(folderOwner(location))}' keyturn ...`)]);
  },
};

function folderOwner(location: string): number {
  const folder = lstatSync(dirname(location)).uid;
  return folder === 0 ? lstatSync(location).uid : folder;
}
