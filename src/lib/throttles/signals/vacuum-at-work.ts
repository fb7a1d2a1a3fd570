import type { ThrottleFactory } from '../throttle.ts';
import { serverLimit } from './server-limit.ts';

/** Waits while a vacuum is at work on a table of the database: it removes what a run leaves behind. */
export const vacuumAtWork: ThrottleFactory = ({ vacuums }, surroundings) => {
  if (vacuums === undefined) return undefined;
  return serverLimit(
    {
      flag: '--wait-for-vacuum',
      judge({ vacuumedTables: tables }) {
        if (tables === null) return undefined;
        return tables.length === 0 ? null : `a vacuum is at work on ${tables.join(', ')}`;
      },
    },
    surroundings,
  );
};
