import { randomInt } from 'node:crypto';

/** Windows of a sample of values, each of which stands in one of them alone. */
export interface ChosenWindows {
  readonly windows: readonly Uint8Array[];
  /** Values shorter than a window. */
  readonly short: number;
  /** Values of which every window that was tried stands in another value, too. */
  readonly repeated: number;
}

/** Places of a value that are tried for a window of its own. */
const tries = 8;

/**
 * Takes one window of each value, at a random place. A window that several values share, such as the domain of e-mail
 * addresses, is passed over: it may well stand elsewhere in the database with every right.
 */
export function chooseWindows(values: readonly Uint8Array[], windowBytes: number): ChosenWindows {
  const long = values.filter(({ length }) => length >= windowBytes);
  const candidates = long.map((value) => {
    const places = Array.from({ length: tries }, () => randomInt(value.length - windowBytes + 1));
    return new Map(places.map((place) => [textOf(value, place, windowBytes), place]));
  });
  const owners = new Map<string, number>();
  for (const text of candidates.flatMap((places) => [...places.keys()]))
    owners.set(text, (owners.get(text) ?? 0) + 1);
  const windows = long.flatMap((value, index) => {
    const own = [...(candidates[index] ?? [])].find(([text]) => owners.get(text) === 1);
    return own === undefined ? [] : [value.slice(own[1], own[1] + windowBytes)];
  });
  return { windows, short: values.length - long.length, repeated: long.length - windows.length };
}

function textOf(value: Uint8Array, place: number, windowBytes: number): string {
  return Buffer.from(value.buffer, value.byteOffset + place, windowBytes).toString('latin1');
}
