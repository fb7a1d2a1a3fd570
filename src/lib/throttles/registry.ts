import { activeSessions } from './active-sessions.ts';
import { archiveBacklog } from './archive-backlog.ts';
import { blockedSessions } from './blocked-sessions.ts';
import { flagFile } from './flag-file.ts';
import { freeSpace } from './free-space.ts';
import { lockRefusals } from './lock-refusals.ts';
import { logRate } from './log-rate.ts';
import { logSize } from './log-size.ts';
import { maximumDuration } from './maximum-duration.ts';
import { maximumRate } from './maximum-rate.ts';
import { niceRatio } from './nice-ratio.ts';
import { ownAddress } from './own-address.ts';
import { ownCommand } from './own-command.ts';
import { ownQuery } from './own-query.ts';
import { replicationLag } from './replication-lag.ts';
import { strictestOf } from './strictest.ts';
import type { Throttle, ThrottleFactory, ThrottleSettings, ThrottleSurroundings } from './throttle.ts';
import { timeWindow } from './time-window.ts';
import { transactionAge } from './transaction-age.ts';
import { until } from './until.ts';
import { vacuumAtWork } from './vacuum-at-work.ts';

/** Every signal that can slow a run down, by the name under which operators read of it. */
export const throttles = {
  nice: niceRatio,
  'max-rate': maximumRate,
  'max-duration': maximumDuration,
  until,
  window: timeWindow,
  'log size': logSize,
  'lock refusals': lockRefusals,
  'free space': freeSpace,
  'replication lag': replicationLag,
  'log rate': logRate,
  'archive backlog': archiveBacklog,
  'blocked sessions': blockedSessions,
  'active sessions': activeSessions,
  'transaction age': transactionAge,
  vacuum: vacuumAtWork,
  'throttle file': flagFile,
  'throttle command': ownCommand,
  'throttle query': ownQuery,
  'throttle url': ownAddress,
} as const satisfies Readonly<Record<string, ThrottleFactory>>;

/** The signals that are switched on, as one. */
export function createThrottle(settings: ThrottleSettings, surroundings: ThrottleSurroundings): Throttle {
  const made = Object.entries<ThrottleFactory>(throttles).flatMap(([name, create]) => {
    const throttle = create(settings, surroundings);
    return throttle ? [[name, throttle] as const] : [];
  });
  return strictestOf(Object.fromEntries(made));
}
