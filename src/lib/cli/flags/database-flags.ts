import { Flags } from '@oclif/core';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { parseDatabaseLocation } from '../location/database-location.ts';

/** Which database; required. */
export const databaseFlags = {
  database: Flags.custom<DatabaseLocation>({
    summary: 'The database: sqlite:fleet.db, a path, or postgres://user@host/name; DATABASE_URL counts too.',
    helpValue: 'URL',
    env: 'KEYTURN_DATABASE',
    required: true,
    noCacheDefault: true,
    default: () => {
      const url = process.env['DATABASE_URL'];
      return Promise.resolve(url === undefined || url === '' ? undefined : parseDatabaseLocation(url));
    },
    parse: (text) => Promise.resolve().then(() => parseDatabaseLocation(text)),
  })(),
  recover: Flags.boolean({
    summary: 'First roll back what a killed process left half written; a run that writes does so unasked.',
  }),
};
