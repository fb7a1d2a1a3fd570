import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { PhaseMilliseconds, RunResult } from '../src/lib/cli/results/run-result.ts';

/** A command of keyturn that was run as a user runs it. */
interface MeasuredCommand {
  /** Its `--json` output. */
  readonly result: unknown;
  /** The whole process, from its start to its end. */
  readonly seconds: number;
  readonly usage: { readonly cpuSeconds: number; readonly peakKibibytes: number };
}

/** A command that has rewritten cells, and what its own report says of that. */
export interface MeasuredRun extends MeasuredCommand {
  readonly rewritten: number;
  readonly secondsOf: (phase: keyof PhaseMilliseconds) => number;
}

const root = join(import.meta.dirname, '..');

/** Runs a command that rewrites cells, without questions, and with modules of ours loaded before it. */
export async function measureRun(
  command: readonly string[],
  preloads: readonly string[] = [],
): Promise<MeasuredRun> {
  const measured = await measureCommand([...command, '--yes', '--progress', 'none'], preloads);
  const { cells, phases } = measured.result as RunResult;
  return { ...measured, rewritten: cells.rewritten, secondsOf: (phase) => phases[phase] / 1000 };
}

/** Runs a command with `--json` to its end; anything but exit 0 is an error. */
export async function measureCommand(
  command: readonly string[],
  preloads: readonly string[] = [],
): Promise<MeasuredCommand> {
  const preload = ['report-usage.js', ...preloads].flatMap((name) => [
    '--import',
    join(root, 'benchmarks', name),
  ]);
  const started = performance.now();
  const child = spawn(process.execPath, [...preload, join(root, 'bin/run.js'), ...command, '--json'], {
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [output, errors, usage] = [child.stdout, child.stderr, child.stdio[3]].map((stream) =>
    text(stream as NodeJS.ReadableStream),
  );
  const [code] = (await once(child, 'close')) as [number | null];
  const seconds = (performance.now() - started) / 1000;
  if (code !== 0)
    throw new Error(`keyturn ${command[0] ?? ''} ended with ${String(code)}: ${(await errors) ?? ''}`);
  return {
    result: JSON.parse((await output) ?? ''),
    seconds,
    usage: JSON.parse((await usage) ?? '') as MeasuredCommand['usage'],
  };
}
