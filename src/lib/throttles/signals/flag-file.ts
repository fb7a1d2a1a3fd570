import { stat } from 'node:fs/promises';
import { go, type ThrottleFactory } from '../throttle.ts';
import { atIntervals } from './at-intervals.ts';

/** Waits while the file of `--throttle-file` exists, whatever is in it. */
export const flagFile: ThrottleFactory = ({ flagFile: path }, { elapsed }) => {
  if (path === undefined) return undefined;
  const throttle = {
    async ask() {
      try {
        await stat(path);
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return go;
        throw error;
      }
      return { kind: 'wait', milliseconds: 1000, reason: `"${path}" exists (--throttle-file)` } as const;
    },
  };
  return atIntervals(throttle, 200, { elapsed });
};
