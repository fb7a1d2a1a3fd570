import type { ThrottleFactory } from '../throttle.ts';
import { serverLimit } from './server-limit.ts';

/** Waits while more segments of the log wait to be archived than `--max-archive-backlog`. */
export const archiveBacklog: ThrottleFactory = ({ maximumUnarchived }, surroundings) => {
  if (maximumUnarchived === undefined) return undefined;
  return serverLimit(
    {
      flag: '--max-archive-backlog',
      judge({ unarchivedSegments }) {
        if (unarchivedSegments === null) return undefined;
        return unarchivedSegments <= maximumUnarchived
          ? null
          : `segments of the log that wait to be archived: ${String(unarchivedSegments)}`;
      },
    },
    surroundings,
  );
};
