/** In UTC, to the second, the same on every machine; `null` for no time. */
export function timeText(milliseconds: number | null): string | null {
  if (milliseconds === null) return null;
  return `${new Date(milliseconds).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
