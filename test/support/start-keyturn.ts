import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { onTestFinished } from 'vitest';
import type { AlterationStep, ScrubStep, Step, WaitStep } from '../../src/lib/model/runs/step.ts';
import { keyturnPath } from './run-keyturn.ts';

/** A command at work, with everything a test can do to it meanwhile. */
export interface RunningKeyturn {
  readonly processId: number;
  /** Waits until stderr has had a line like this. Fails when the command ends without one. */
  heard(line: RegExp): Promise<void>;
  /** Waits until a signal has stopped the process (SIGSTOP). */
  standsStill(): Promise<void>;
  signal(name: NodeJS.Signals): void;
  readonly ended: Promise<EndedKeyturn>;
}

/** How a command ended; `json` is what stands on stdout, `undefined` where that is no JSON. */
export interface EndedKeyturn {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly json: unknown;
}

/** A signal that a command sends itself when it reaches the given occurrence of a step, counted from 1. */
export interface SignalAtStep {
  readonly step: Step | ScrubStep | AlterationStep | WaitStep;
  readonly occurrence: number;
  readonly signal: NodeJS.Signals;
}

/** Where and how a command is started. */
export interface StartOptions {
  readonly cwd: string;
  readonly signals?: readonly SignalAtStep[];
}

const listener = pathToFileURL(join(import.meta.dirname, 'signal-at-step.js')).href;

/** Starts the installed command; it ends with the test at the latest. */
export function startKeyturn(args: readonly string[], { cwd, signals = [] }: StartOptions): RunningKeyturn {
  const child = spawn(process.execPath, [keyturnPath, ...args], {
    cwd,
    env: {
      ...process.env,
      NO_COLOR: '1',
      NODE_OPTIONS: `--import=${listener}`,
      KEYTURN_TEST_SIGNALS: JSON.stringify(signals),
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  let isOver = false;
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  onTestFinished(() => {
    child.kill('SIGKILL');
  });
  const ended = new Promise<EndedKeyturn>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      isOver = true;
      resolve({ code, signal, stdout, stderr, json: parseIfJson(stdout) });
    });
  });
  const waitUntil = async (what: string, isSo: () => boolean): Promise<void> => {
    while (!isSo()) {
      if (isOver) throw new Error(`the command ended before ${what}:\n${stderr}\n${stdout}`);
      await sleep(5);
    }
  };
  return {
    processId: child.pid ?? 0,
    ended,
    heard: (line) => waitUntil(`it said ${String(line)}`, () => line.test(stderr)),
    standsStill: () => waitUntil('it stood still', () => stateOf(child.pid ?? 0) === 'T'),
    signal(name) {
      child.kill(name);
    },
  };
}

/** The letter in `/proc/PID/stat` that tells what a process does: `T` stands still, `Z` has ended and is not asked for its exit code. */
export function stateOf(processId: number): string | undefined {
  const stat = readFileSync(`/proc/${String(processId)}/stat`, 'utf8');
  return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[0];
}

/** What stands on stdout as JSON, or `undefined`. */
export function parseIfJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
