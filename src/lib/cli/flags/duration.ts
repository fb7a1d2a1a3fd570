import { usageError } from '../usage-error.ts';

const millisecondsOf: Readonly<Record<string, number>> = {
  d: 86_400_000,
  h: 3_600_000,
  m: 60_000,
  s: 1_000,
};

/** A timer of Node.js cannot wait longer than 24.8 days. */
const longestMilliseconds = 24 * 86_400_000;

/** Milliseconds of a duration such as `30s`, `5m`, `1h`, `1h30m`; `0` is none. Anything else is a usage error. */
export function parseDuration(text: string): number {
  if (text === '0') return 0;
  if (!/^(?:\d{1,9}[dhms])+$/.test(text)) throw durationError(text);
  const parts = [...text.matchAll(/(\d+)([dhms])/g)];
  const milliseconds = parts.reduce(
    (sum, [, count, unit]) => sum + Number(count) * (millisecondsOf[unit ?? ''] ?? 0),
    0,
  );
  if (milliseconds > longestMilliseconds) throw usageError('a duration can be at most "24d"', ['write 24d']);
  return milliseconds;
}

function durationError(text: string): Error {
  const bare = /^\d{1,9}$/.test(text);
  const message = bare ? `the duration "${text}" has no unit` : 'this is not a duration';
  return usageError(message, bare ? [`write ${text}s or ${text}m`] : ['write 30s, 5m, 1h or 1h30m']);
}
