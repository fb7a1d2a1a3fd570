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

/** So many are tried at a time: most values need no more, and what has to be remembered of 2,000 values stays small. */
const triesAtATime = 4;

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
  const hashes = {
    window: createRollingHash(windowBytes, base),
    half: createRollingHash(Math.floor(windowBytes / 2), base),
  };
  const windows: Uint8Array[] = [];
  let open = long.map((value) => ({ value, places: placesToTry(value.length - windowBytes + 1) }));
  for (let tried = 0; tried < tries && open.length > 0; tried += triesAtATime) {
    const candidates = open.map(({ value, places }) =>
      places.slice(tried, tried + triesAtATime).map((place) => candidateAt(value, place, hashes)),
    );
    const isOwn = recognizeOwn(candidates.flat(), { long, replacing, hashes });
    const chosen = candidates.map((some) => some.find(isOwn));
    windows.push(...chosen.flatMap((candidate) => candidate?.window ?? []));
    open = open.filter((_, index) => chosen[index] === undefined);
  }
  return { windows, short: values.length - long.length, repeated: long.length - windows.length };
}

/** For windows, and for the halves that they consist of. */
interface Hashes {
  readonly window: RollingHash;
  readonly half: RollingHash;
}

/** A window that may be taken, with its hash and those of its two halves. */
interface Candidate {
  readonly window: Uint8Array;
  readonly rollingHash: number;
  readonly halves: readonly number[];
}

function candidateAt(value: Uint8Array, place: number, { window, half }: Hashes): Candidate {
  const end = place + window.windowBytes;
  return {
    window: value.slice(place, end),
    rollingHash: window.at(value, place),
    halves: [half.at(value, place), half.at(value, end - half.windowBytes)],
  };
}

/** Where a candidate must not stand again. */
interface Surroundings {
  readonly long: readonly Uint8Array[];
  readonly replacing: readonly Uint8Array[];
  readonly hashes: Hashes;
}

/** Tells the candidates that stand in one value alone, and neither of whose halves stands in a new one. */
function recognizeOwn(
  candidates: readonly Candidate[],
  { long, replacing, hashes }: Surroundings,
): (candidate: Candidate) => boolean {
  const owners = countOwners(long, hashes.window, new Set(candidates.map(({ rollingHash }) => rollingHash)));
  const kept = countOwners(replacing, hashes.half, new Set(candidates.flatMap(({ halves }) => halves)));
  return ({ rollingHash, halves }) => owners.get(rollingHash) === 1 && !halves.some((half) => kept.has(half));
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
