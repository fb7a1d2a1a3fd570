import type { ClockTime, ClockWindow } from '../../model/runs/clock-time.ts';
import { usageError } from '../usage-error.ts';

/** Understands a time of day, `06:00`. Anything else is a usage error. */
export function parseClockTime(text: string): ClockTime {
  const [, hour, minute] = /^([01]?\d|2[0-3]):([0-5]\d)$/.exec(text) ?? [];
  if (hour === undefined || minute === undefined) {
    throw usageError('this is no time of day', ['write 06:00 or 22:30, on a clock of 24 hours']);
  }
  return { hour: Number(hour), minute: Number(minute) };
}

/** Understands a part of the day, `22:00-06:00`, which may go past midnight. Anything else is a usage error. */
export function parseClockWindow(text: string): ClockWindow {
  const [from, to, ...rest] = text.split('-');
  if (from === undefined || to === undefined || rest.length > 0 || from === to) {
    throw usageError('this is no part of a day', ['write 22:00-06:00']);
  }
  return { from: parseClockTime(from), to: parseClockTime(to) };
}
