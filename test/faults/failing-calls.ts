import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** System calls on the database and its backup that can fail, each with the errors that a dying disk gives it. */
export const errorsOfCalls = {
  pwrite64: ['ENOSPC', 'EIO'],
  fsync: ['EIO'],
  ftruncate: ['EIO'],
  openat: ['EMFILE', 'EIO'],
  unlink: ['EIO'],
  pread64: ['EIO'],
  link: ['EIO'],
} as const;
export type SystemCall = keyof typeof errorsOfCalls;

/** All of them. */
export const systemCalls = Object.keys(errorsOfCalls) as readonly SystemCall[];

/** One that fails: the N-th, counted from 1 in each thread, or every one from there on. */
export interface FailingCall {
  readonly call: SystemCall;
  readonly error: string;
  readonly occurrence: number;
  readonly lasts: 'once' | 'for good';
}

/** Where calls fail: on these files alone, not on those of Node itself. */
export interface FailingFiles {
  readonly database: string;
  readonly backup: string;
}

/** Why calls cannot be made to fail on this machine: strace does it. `undefined` where they can. */
export function whyNoCallFails(): string | undefined {
  const { error, status } = spawnSync('strace', ['-qq', '-e', 'trace=none', 'true'], { stdio: 'ignore' });
  if (error) return 'strace is not installed (Debian: apt-get install strace)';
  return status === 0 ? undefined : 'strace may not watch processes here (ptrace is not permitted)';
}

/** The program under which a command meets the failing call; what it does is written to `log`. */
export function underFailingCall(
  files: FailingFiles,
  { call, error, occurrence, lasts }: FailingCall,
  log: string,
): readonly string[] {
  const when = `${occurrence}${lasts === 'once' ? '' : '+'}`;
  return [...watching(files, [call], log), '-e', `inject=${call}:error=${error}:when=${when}`];
}

/** The program under which a command's calls are written to `log`. */
export function underWatch(files: FailingFiles, log: string): readonly string[] {
  return ['strace', '-y', ...watching(files, systemCalls, log).slice(1)];
}

function watching(
  { database, backup }: FailingFiles,
  calls: readonly SystemCall[],
  log: string,
): readonly string[] {
  const partial = `${backup}.partial`;
  const paths = [
    ...['', '-wal', '-shm', '-journal'].map((part) => database + part),
    ...[backup, partial, `${partial}-journal`, dirname(backup)],
  ];
  return [
    ...['strace', '-f', '--seccomp-bpf', '-qq', '-o', log],
    ...paths.flatMap((path) => ['-P', path]),
    ...['-e', `trace=${calls.join(',')}`],
  ];
}

/** The calls of one kind that a command made. */
export interface MadeCalls {
  /** How many the thread made that made most of them. */
  readonly most: number;
  /**
   * Which of them, counted from 1 in their thread, begin or end a row of calls on the same file. Those between are one loop
   * inside SQLite, such as the pages of a commit: wherever it fails, it reports the same to us, and takes back the same.
   */
  readonly edges: readonly number[];
}

/** Reads the calls that were watched, by kind. */
export function readCalls(log: string): ReadonlyMap<SystemCall, MadeCalls> {
  const lines = readFileSync(log, 'utf8').matchAll(
    /^(\d+) +(\w+)\((?:AT_FDCWD(?:<[^>]*>)?, )?(?:\d+<([^>]*)>|"([^"]*)")/gmu,
  );
  const made = Array.from(lines, ([, thread = '', call = '', open = '', named = '']) => ({
    thread,
    call: call as SystemCall,
    place: `${call} ${open}${named}`,
  }));
  const kinds = new Map<SystemCall, MadeCalls>();
  for (const ofThread of Map.groupBy(made, ({ thread }) => thread).values()) {
    const numbers: Partial<Record<SystemCall, number>> = {};
    ofThread.forEach(({ call, place }, index) => {
      const number = (numbers[call] ?? 0) + 1;
      numbers[call] = number;
      const isEdge = place !== ofThread[index - 1]?.place || place !== ofThread[index + 1]?.place;
      const { most, edges } = kinds.get(call) ?? { most: 0, edges: [] };
      kinds.set(call, { most: Math.max(most, number), edges: isEdge ? [...edges, number] : edges });
    });
  }
  return kinds;
}

/** Tells whether the call was reached and failed. */
export function hasFailed(log: string): boolean {
  return readFileSync(log, 'utf8').includes('(INJECTED)');
}
