import { activeSessions } from './signals/active-sessions.ts';
import { archiveBacklog } from './signals/archive-backlog.ts';
import { blockedSessions } from './signals/blocked-sessions.ts';
import { flagFile } from './signals/flag-file.ts';
import { freeSpace } from './signals/free-space.ts';
import { lockRefusals } from './signals/lock-refusals.ts';
import { logRate } from './signals/log-rate.ts';
import { logSize } from './signals/log-size.ts';
import { maximumDuration } from './signals/maximum-duration.ts';
import { maximumRate } from './signals/maximum-rate.ts';
import { niceRatio } from './signals/nice-ratio.ts';
import { ownAddress } from './signals/own-address.ts';
import { ownCommand } from './signals/own-command.ts';
import { ownQuery } from './signals/own-query.ts';
import { replicationLag } from './signals/replication-lag.ts';
import { timeWindow } from './signals/time-window.ts';
import { transactionAge } from './signals/transaction-age.ts';
import { until } from './signals/until.ts';
import { vacuumAtWork } from './signals/vacuum-at-work.ts';
import { strictestOf } from './strictest.ts';
import type { Throttle, ThrottleFactory, ThrottleSettings, ThrottleSurroundings } from './throttle.ts';

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
