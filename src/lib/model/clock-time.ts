/** A time of day on the machine's clock. */
export interface ClockTime {
  readonly hour: number;
  readonly minute: number;
}

/** Every day from one time to another, which may be on the next day. */
export interface ClockWindow {
  readonly from: ClockTime;
  readonly to: ClockTime;
}

/** `06:05`. */
export function clockTimeText({ hour, minute }: ClockTime): string {
  return `${String(hour).padStart(2, '0')}:${String(minute).padStart(2, '0')}`;
}

/** When the clock shows this next, strictly after `now`; both in milliseconds since 1970, in the local time zone. */
export function nextTimeAt({ hour, minute }: ClockTime, now: number): number {
  const date = new Date(now);
  date.setHours(hour, minute, 0, 0);
  if (date.getTime() <= now) {
    date.setDate(date.getDate() + 1);
    // The hour may have been skipped or repeated when clocks changed over night.
    date.setHours(hour, minute, 0, 0);
  }
  return date.getTime();
}

/** Tells whether the clock is in the window: at its beginning it is, at its end it is not any more. */
export function isWithin({ from, to }: ClockWindow, now: number): boolean {
  const date = new Date(now);
  const minutes = date.getHours() * 60 + date.getMinutes();
  const [begin, end] = [from.hour * 60 + from.minute, to.hour * 60 + to.minute];
  return begin < end ? begin <= minutes && minutes < end : begin <= minutes || minutes < end;
}
