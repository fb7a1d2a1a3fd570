import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A command of keyturn that was run as a user runs it. */
export interface MeasuredCommand {
  /** Its `--json` output. */
  readonly result: unknown;
  readonly seconds: number;
  readonly usage: { readonly cpuSeconds: number; readonly peakKibibytes: number };
}

const root = join(import.meta.dirname, '..');

/** Runs a command with `--json` to its end; anything but exit 0 is an error. */
export async function measureCommand(command: readonly string[]): Promise<MeasuredCommand> {
  const preload = ['--import', join(root, 'benchmarks/report-usage.js')];
  const started = performance.now();
  const child = spawn(process.execPath, [...preload, join(root, 'bin/run.js'), ...command], {
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
