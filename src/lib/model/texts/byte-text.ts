const bytesPerMebibyte = 1_048_576;
const bytesPerGibibyte = 1_073_741_824;

/** A size in the unit in which it is easy to read: `640 bytes`, `35 KiB`, `12.3 MiB`, `250 MiB`, `76.9 GiB`. */
export function byteText(bytes: number): string {
  if (bytes < 1_024) return `${bytes} bytes`;
  const mebibytes = bytes / bytesPerMebibyte;
  if (mebibytes < 0.1) return `${Math.round(bytes / 1_024)} KiB`;
  if (mebibytes >= 1_000) return `${(bytes / bytesPerGibibyte).toFixed(1)} GiB`;
  return mebibytes < 100 ? `${mebibytes.toFixed(1)} MiB` : `${Math.round(mebibytes)} MiB`;
}
