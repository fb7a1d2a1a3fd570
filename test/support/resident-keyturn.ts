import { spawn, type ChildProcess } from 'node:child_process';
import { once, type EventEmitter } from 'node:events';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { KeyturnResult } from './run-keyturn.ts';

/** Where a command runs. */
export interface Surroundings {
  readonly cwd: string;
  readonly environment: NodeJS.ProcessEnv;
}

/** A command for a resident process. */
export interface CommandOrder extends Surroundings {
  readonly args: readonly string[];
  /** What it writes to both of its streams when the command has ended. */
  readonly endMark: string;
}

type Ending = readonly [code: number | null, signal?: NodeJS.Signals];

const program = fileURLToPath(new URL('resident-program.ts', import.meta.url));

let resident: ChildProcess | undefined;
let isBusy = false;

/** Whether a resident process can take a command at once. */
export function isResidentFree(): boolean {
  return !isBusy;
}

/**
 * Runs a command in a process that lasts as long as that of the tests and runs one after the other: to load the program takes ten times as
 * long as most commands do. Where a command ends the process, the next one gets a new one.
 */
export async function runResident(
  args: readonly string[],
  surroundings: Surroundings,
): Promise<KeyturnResult> {
  const started = performance.now();
  const child = (resident ??= startResident());
  isBusy = true;
  try {
    const endMark = `\0${crypto.randomUUID()}`;
    const written = [readUntil(child.stdout, endMark), readUntil(child.stderr, endMark)] as const;
    const ended = firstOf(child, ['message', 'close']) as Promise<Ending>;
    child.send({ args, ...surroundings, endMark } satisfies CommandOrder);
    const [code, signal = null] = await ended;
    if (!child.connected) resident = undefined;
    const [stdout, stderr] = await Promise.all(written);
    return { code, signal, stdout, stderr, milliseconds: performance.now() - started };
  } finally {
    isBusy = false;
  }
}

/** It keeps nobody alive, and ends with this process. */
function startResident(): ChildProcess {
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'pipe', 'ipc'] });
  child.unref();
  child.channel?.unref();
  for (const stream of [child.stdout, child.stderr]) {
    (stream as Socket).setEncoding('utf8').unref();
  }
  return child;
}

/** What comes with the first of some events. */
async function firstOf(emitter: EventEmitter, names: readonly string[]): Promise<unknown> {
  const others = new AbortController();
  try {
    return await Promise.race<unknown>(names.map((name) => once(emitter, name, { signal: others.signal })));
  } finally {
    others.abort();
  }
}

/** What a stream says before a mark, or before its end. */
function readUntil(stream: Readable | null, mark: string): Promise<string> {
  return new Promise((resolve) => {
    let text = '';
    const finish = (): void => {
      stream?.off('data', read).off('end', finish);
      resolve(text.split(mark, 1)[0] ?? '');
    };
    const read = (piece: string): void => {
      text += piece;
      if (text.endsWith(mark)) finish();
    };
    stream?.on('data', read).on('end', finish);
  });
}
