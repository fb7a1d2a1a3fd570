import { countText } from '../../reporters/count-text.ts';

const BYTES_PER_MEBIBYTE = 1_048_576;

/** A size in MiB, or in KiB and bytes where that would be 0: `12.3 MiB`, `1,024 MiB`, `640 bytes`. */
export function byteText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} bytes`;
  const mebibytes = bytes / BYTES_PER_MEBIBYTE;
  if (mebibytes < 0.1) return `${Math.round(bytes / 1_024)} KiB`;
  return mebibytes < 100 ? `${mebibytes.toFixed(1)} MiB` : `${countText(Math.round(mebibytes))} MiB`;
}
