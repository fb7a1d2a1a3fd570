import { randomFillSync } from 'node:crypto';

/**
 * A UUID of version 7 (RFC 9562): sorts by the time it was made, and behind `latest` also where the clock was set back
 * since, so that the latest migration is the one that was made last.
 */
export function newMigrationId(latest: string | undefined, now: number = Date.now()): string {
  const milliseconds = latest === undefined ? now : Math.max(now, timeOf(latest) + 1);
  const bytes = randomFillSync(Buffer.alloc(16));
  bytes.writeUIntBE(milliseconds, 0, 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  return bytes.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/u, '$1-$2-$3-$4-$5');
}

/** The first 48 bits, in milliseconds since 1970. */
function timeOf(id: string): number {
  return Number.parseInt(id.replace('-', '').slice(0, 12), 16);
}
