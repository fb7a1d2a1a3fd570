import { byteText } from '../../model/texts/byte-text.ts';
import { go, type ThrottleFactory } from '../throttle.ts';
import { atIntervals } from './at-intervals.ts';
import { refuseServer } from './refuse-server.ts';

/** Waits while the file system of the database has less room than `--min-disk-free`. */
export const freeSpace: ThrottleFactory = ({ minimumFreeBytes }, { database, elapsed }) => {
  if (minimumFreeBytes === undefined) return undefined;
  refuseServer(database, {
    flag: '--min-disk-free',
    instead: 'let a command tell: --throttle-command "ssh db-host test-for-room"',
  });
  const throttle = {
    async ask() {
      const { freeBytes } = await database.metrics();
      if (freeBytes === null) throw new Error('the system does not tell how much room there is');
      if (freeBytes >= minimumFreeBytes) return go;
      const reason = `less than ${byteText(minimumFreeBytes)} is free on the disk (--min-disk-free)`;
      return { kind: 'wait', milliseconds: 1000, reason } as const;
    },
  };
  return atIntervals(throttle, 200, { elapsed });
};
