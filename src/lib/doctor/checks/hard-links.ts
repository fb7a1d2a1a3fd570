import { statSync } from 'node:fs';
import { shellWord } from '../../model/texts/shell-word.ts';
import { fail, ok, type Check } from '../check.ts';

/** A database under two names has two logs, one a name, and SQLite can lose writes. */
export const hardLinks: Check = {
  name: 'hard links',
  databases: ['sqlite'],
  examine({ location }) {
    const names = statSync(location).nlink;
    const finding =
      names === 1
        ? ok('the database has one name')
        : fail(
            `the database has ${String(names)} names (hard links): runs are refused, SQLite could damage it`,
            `find "$(stat -c %m ${shellWord(location)})" -xdev -samefile ${shellWord(location)}   # remove all names but one`,
          );
    return Promise.resolve([finding]);
  },
};
