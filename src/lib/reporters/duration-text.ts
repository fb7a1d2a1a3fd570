const durationUnits = [
  { name: 'd', seconds: 86_400 },
  { name: 'h', seconds: 3_600 },
  { name: 'min', seconds: 60 },
  { name: 's', seconds: 1 },
] as const;

/** A duration as people say it, in at most two units: `850 ms`, `1.5 s`, `2 s`, `3 min 4 s`, `2 h 5 min`. */
export function durationText(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(Math.max(0, milliseconds))} ms`;
  if (milliseconds < 9_950) return `${Math.round(milliseconds / 100) / 10} s`;
  const seconds = Math.round(milliseconds / 1_000);
  const index = durationUnits.findIndex((unit) => seconds >= unit.seconds);
  const large = durationUnits[index] ?? durationUnits[3];
  const small = durationUnits[index + 1];
  const whole = `${Math.floor(seconds / large.seconds)} ${large.name}`;
  const rest = small === undefined ? 0 : Math.floor((seconds % large.seconds) / small.seconds);
  return small === undefined || rest === 0 ? whole : `${whole} ${rest} ${small.name}`;
}
