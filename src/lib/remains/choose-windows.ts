import { randomInt } from 'node:crypto';
import { createRollingHash, type RollingHash } from './rolling-hash.ts';

/** Windows of a sample of values, each of which stands in one of them alone. */
export interface ChosenWindows {
  readonly windows: readonly Uint8Array[];
  /** Values shorter than a window. */
  readonly short: number;
  /** Values of which every window that was tried stands in another value, or in a new one. */
  readonly repeated: number;
}

/** Places of a value that are tried for a window of its own; all of them where it has no more. */
const tries = 32;

/** Any odd number does: these hashes stay in memory, and two windows that share one are taken for the same. */
const base = 0x01000193;

/**
 * Takes one window of each value, at a random place. A window that several values share, such as the domain of e-mail
 * addresses, is passed over: it may well stand elsewhere in the database with every right. So is one of which half stands
 * in what takes the values' places: a Fernet cell keeps its beginning, which says when it was sealed, and of many new
 * cells one goes on for some letters as the old one did.
 */
export function chooseWindows(
  values: readonly Uint8Array[],
  replacing: readonly Uint8Array[],
  windowBytes: number,
): ChosenWindows {
  const long = values.filter(({ length }) => length >= windowBytes);
  const candidates = long.map((value) => candidatesOf(value, windowBytes));
  const wanted = candidates.flat();
  const hash = createRollingHash(windowBytes, base);
  const owners = countOwners(long, hash, new Set(wanted.map(({ rollingHash }) => rollingHash)));
  const halfHash = createRollingHash(halfOf(windowBytes), base);
  const kept = countOwners(replacing, halfHash, new Set(wanted.flatMap(({ halves }) => halves)));
  const windows = long.flatMap((value, index) => {
    const own = candidates[index]?.find(
      ({ rollingHash, halves }) => owners.get(rollingHash) === 1 && !halves.some((half) => kept.has(half)),
    );
    return own === undefined ? [] : [value.slice(own.place, own.place + windowBytes)];
  });
  return { windows, short: values.length - long.length, repeated: long.length - windows.length };
}

/** A window that may be taken, by its place, its hash and those of its two halves. */
interface Candidate {
  readonly place: number;
  readonly rollingHash: number;
  readonly halves: readonly number[];
}

function candidatesOf(value: Uint8Array, windowBytes: number): readonly Candidate[] {
  const half = halfOf(windowBytes);
  const [hash, halfHash] = [createRollingHash(windowBytes, base), createRollingHash(half, base)];
  return placesToTry(value.length - windowBytes + 1).map((place) => ({
    place,
    rollingHash: hash.at(value, place),
    halves: [halfHash.at(value, place), halfHash.at(value, place + windowBytes - half)],
  }));
}

function halfOf(windowBytes: number): number {
  return Math.floor(windowBytes / 2);
}

/** Some of the places from 0 on, in random order; of many, one may come twice. */
function placesToTry(count: number): readonly number[] {
  if (count > tries) return Array.from({ length: tries }, () => randomInt(count));
  const places: number[] = [];
  for (let place = 0; place < count; place += 1) places.splice(randomInt(places.length + 1), 0, place);
  return places;
}

/** In how many of the values each of the wanted windows stands, wherever that is; shorter values have none. */
function countOwners(
  values: readonly Uint8Array[],
  hash: RollingHash,
  wanted: ReadonlySet<number>,
): ReadonlyMap<number, number> {
  const owners = new Map<number, number>();
  for (const value of values.filter(({ length }) => length >= hash.windowBytes)) {
    for (const found of wantedIn(value, hash, wanted)) owners.set(found, (owners.get(found) ?? 0) + 1);
  }
  return owners;
}

function wantedIn(value: Uint8Array, hash: RollingHash, wanted: ReadonlySet<number>): ReadonlySet<number> {
  const found = new Set<number>();
  const { windowBytes } = hash;
  let rolling = hash.at(value, 0);
  for (let end = windowBytes; ; end += 1) {
    if (wanted.has(rolling)) found.add(rolling);
    if (end >= value.length) return found;
    rolling = hash.next(rolling, value[end] ?? 0, value[end - windowBytes] ?? 0);
  }
}
