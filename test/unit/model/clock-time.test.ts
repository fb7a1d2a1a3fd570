import { afterEach, beforeEach, expect, test } from 'vitest';
import { nextTimeAt } from '../../../src/lib/model/runs/clock-time.ts';

const zone = process.env['TZ'];
beforeEach(() => {
  process.env['TZ'] = 'Europe/Rome';
});
afterEach(() => {
  if (zone === undefined) delete process.env['TZ'];
  else process.env['TZ'] = zone;
});

const cases = [
  {
    when: 'later on the same day',
    time: { hour: 6, minute: 0 },
    now: '2026-11-26T04:00:00+01:00',
    next: '2026-11-26T06:00:00+01:00',
  },
  {
    when: 'tomorrow',
    time: { hour: 6, minute: 0 },
    now: '2026-11-26T06:00:00+01:00',
    next: '2026-11-27T06:00:00+01:00',
  },
  {
    when: 'for the first of two times',
    time: { hour: 2, minute: 50 },
    now: '2026-10-25T02:45:00+02:00',
    next: '2026-10-25T02:50:00+02:00',
  },
  // A run that was to end in five minutes used to go on for a day.
  {
    when: 'for the second time',
    time: { hour: 2, minute: 50 },
    now: '2026-10-25T02:45:00+01:00',
    next: '2026-10-25T02:50:00+01:00',
  },
  {
    when: 'after both',
    time: { hour: 2, minute: 30 },
    now: '2026-10-25T02:45:00+01:00',
    next: '2026-10-26T02:30:00+01:00',
  },
  {
    when: 'where clocks pass over it',
    time: { hour: 2, minute: 30 },
    now: '2026-03-29T01:00:00+01:00',
    next: '2026-03-29T03:30:00+02:00',
  },
];

test.each(cases)('finds when the clock shows a time $when', ({ time, now, next }) => {
  expect(nextTimeAt(time, Date.parse(now))).toBe(Date.parse(next));
});
