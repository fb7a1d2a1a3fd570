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

/** How far clocks are set back where summer ends, in milliseconds; half an hour on Lord Howe Island. */
const setBackMilliseconds = [30 * 60_000, 60 * 60_000] as const;

/** When the clock shows this next, strictly after `now`; both in milliseconds since 1970, in the local time zone. */
export function nextTimeAt(time: ClockTime, now: number): number {
  const date = new Date(now);
  date.setHours(time.hour, time.minute, 0, 0);
  const today = date.getTime();
  if (today > now) return today;
  // The clock may show it a second time today, after it was set back.
  const again = setBackMilliseconds.map((later) => today + later).find((at) => at > now && shows(time, at));
  if (again !== undefined) return again;
  date.setDate(date.getDate() + 1);
  // The hour may have been skipped or repeated when clocks changed over night.
  date.setHours(time.hour, time.minute, 0, 0);
  return date.getTime();
}

function shows({ hour, minute }: ClockTime, at: number): boolean {
  const date = new Date(at);
  return date.getHours() === hour && date.getMinutes() === minute;
}

/** Tells whether the clock is in the window: at its beginning it is, at its end it is not any more. */
export function isWithin({ from, to }: ClockWindow, now: number): boolean {
  const date = new Date(now);
  const minutes = date.getHours() * 60 + date.getMinutes();
  const [begin, end] = [from.hour * 60 + from.minute, to.hour * 60 + to.minute];
  return begin < end ? begin <= minutes && minutes < end : begin <= minutes || minutes < end;
}
