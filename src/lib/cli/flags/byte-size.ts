import { usageError } from '../usage-error.ts';

const bytesOfUnit: Readonly<Record<string, number>> = { k: 1024, m: 1024 ** 2, g: 1024 ** 3, t: 1024 ** 4 };

/** Bytes of a size such as `64M`, `64MiB`, `1.5G`; a unit is 1024 times the one before. Anything else is a usage error. */
export function parseByteSize(text: string): number {
  const [, count, unit] = /^(\d{1,12}(?:\.\d{1,3})?) ?([kmgt])i?b?$/i.exec(text) ?? [];
  if (count === undefined || unit === undefined) throw usageError('this is no size', ['write 64M or 2G']);
  return Math.round(Number(count) * (bytesOfUnit[unit.toLowerCase()] ?? 1));
}
