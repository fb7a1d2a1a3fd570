import { Flags, type Interfaces } from '@oclif/core';
import type { ClockTime, ClockWindow } from '../../model/runs/clock-time.ts';
import type { SpeedLimits } from '../../model/runs/speed-limits.ts';
import type { ThrottleSettings } from '../../throttles/throttle.ts';
import { parseClockTime, parseClockWindow } from '../description/clock-text.ts';
import { usageError } from '../usage-error.ts';
import { inGroup } from './flag-group.ts';
import { durationFlag, sizeFlag, understood } from './value-flags.ts';

/** Limits of a run's speed; `keyturn tune` changes them while it runs. */
export const speedFlags = inGroup('pace', {
  'batch-rows': Flags.custom<number | null>({
    summary: 'Rows per transaction; "none": it adapts.',
    helpValue: 'N',
    parse: understood(orNone(parseCount)),
  })(),
  'max-rate': Flags.custom<number | null>({
    summary: 'Most rows walked in a second; "none": no limit.',
    helpValue: 'ROWS',
    parse: understood(orNone(parseCount)),
  })(),
  nice: Flags.custom<number | null>({
    summary:
      'How long to wait for each unit of time at work: 1 is as long, 0.5 half as long; "none": not at all.',
    helpValue: 'RATIO',
    parse: understood(orNone(parseRatio)),
  })(),
});

/** When a run waits, and when it ends early with exit 4; `keyturn execute` goes on. */
export const throttleFlags = {
  ...inGroup('pace', {
    'max-duration': durationFlag('End after this time: 30m, 2h.')(),
    until: Flags.custom<ClockTime>({
      summary: 'End when the clock of this machine shows this: 06:00.',
      helpValue: 'HH:MM',
      parse: understood(parseClockTime),
    })(),
    window: Flags.custom<ClockWindow>({
      summary: 'Run only in this part of the day: wait until it opens, end when it closes.',
      helpValue: 'HH:MM-HH:MM',
      parse: understood(parseClockWindow),
    })(),
  }),
  ...inGroup('throttle', {
    'max-log-size': sizeFlag('Wait while the log of the database is larger: 256M, 2G.')(),
    'min-disk-free': sizeFlag('Wait while the disk has less room than this.')(),
    'max-busy': Flags.custom<number>({
      summary: 'Wait a while when a larger share of transactions met the lock of somebody else: 20%.',
      helpValue: 'SHARE',
      parse: understood(parseShare),
    })(),
    'throttle-file': Flags.string({ summary: 'Wait while this file exists.', helpValue: 'PATH' }),
    'throttle-command': Flags.string({
      summary:
        'Wait while this shell command exits with anything but 0; its first line of output is the reason.',
      helpValue: 'COMMAND',
    }),
    'throttle-query': Flags.string({
      summary: 'Wait unless this query returns true (PostgreSQL).',
      helpValue: 'SQL',
    }),
    'throttle-url': Flags.string({
      summary: 'Wait unless this address answers with 200 to 299.',
      helpValue: 'URL',
    }),
    'max-lag': sizeFlag('Wait while a replica or replication slot is further behind: 64M (PostgreSQL).')(),
    'max-wal-rate': sizeFlag('Wait while the server writes more log in a second: 50M (PostgreSQL).')(),
    'max-archive-backlog': Flags.integer({
      summary: 'Wait while more segments of the log wait to be archived (PostgreSQL).',
      helpValue: 'N',
      min: 0,
    }),
    'max-blocked': Flags.integer({
      summary: 'Wait while more sessions wait for a lock of ours (PostgreSQL).',
      helpValue: 'N',
      min: 0,
    }),
    'max-active': Flags.integer({
      summary: 'Wait while more sessions of others are at work (PostgreSQL).',
      helpValue: 'N',
      min: 0,
    }),
    'max-transaction-age': durationFlag(
      'Wait while a transaction of somebody else is open for longer: 5m (PostgreSQL).',
    )(),
    'wait-for-vacuum': Flags.boolean({
      summary: 'Wait while a vacuum is at work on a table of the database (PostgreSQL).',
    }),
  }),
};

/** The limits that were given; those that were not stay as they are. */
export function limitsOf(flags: Interfaces.InferredFlags<typeof speedFlags>): Partial<SpeedLimits> {
  return {
    ...(flags['batch-rows'] !== undefined && { batchRows: flags['batch-rows'] }),
    ...(flags['max-rate'] !== undefined && { maximumRowsPerSecond: flags['max-rate'] }),
    ...(flags.nice !== undefined && { niceRatio: flags.nice }),
  };
}

/** The signals that were switched on. */
export function throttlesOf(flags: Interfaces.InferredFlags<typeof throttleFlags>): ThrottleSettings {
  return {
    maximumMilliseconds: flags['max-duration'],
    until: flags.until,
    window: flags.window,
    maximumLogBytes: flags['max-log-size'],
    minimumFreeBytes: flags['min-disk-free'],
    maximumBusyShare: flags['max-busy'],
    flagFile: flags['throttle-file'],
    command: flags['throttle-command'],
    query: flags['throttle-query'],
    address: flags['throttle-url'],
    maximumLagBytes: flags['max-lag'],
    maximumLogBytesPerSecond: flags['max-wal-rate'],
    maximumUnarchived: flags['max-archive-backlog'],
    maximumBlocked: flags['max-blocked'],
    maximumActive: flags['max-active'],
    maximumTransactionAge: flags['max-transaction-age'],
    vacuums: flags['wait-for-vacuum'] ? 'awaited' : undefined,
  };
}

function orNone<Value>(parse: (text: string) => Value): (text: string) => Value | null {
  return (text) => (text === 'none' ? null : parse(text));
}

function parseCount(text: string): number {
  if (/^[1-9]\d{0,14}$/.test(text)) return Number(text);
  throw usageError('not a whole number of at least 1', ['write a number such as 1000, or none']);
}

function parseRatio(text: string): number {
  const ratio = /^\d{1,4}(?:\.\d{1,6})?$/.test(text) ? Number(text) : 0;
  if (ratio > 0) return ratio;
  throw usageError('not a ratio above 0', ['write 0.5, 1 or 4, or none']);
}

function parseShare(text: string): number {
  const [, percent] = /^(\d{1,3}(?:\.\d{1,3})?)%$/.exec(text) ?? [];
  const share = percent === undefined ? Number.NaN : Number(percent) / 100;
  if (share >= 0 && share < 1) return share;
  throw usageError('not a share of less than 100%', ['write 20%']);
}
