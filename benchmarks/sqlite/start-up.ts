import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { median } from '../statistics.ts';

/** How long the shortest commands take as whole processes: medians, in milliseconds. */
export interface StartUp {
  readonly help: number;
  /** A command that reads a ledger. */
  readonly status: number;
}

const rounds = 9;
const program = join(import.meta.dirname, '../..', 'bin/run.js');

/** Measures commands on a database that was rotated before. */
export function measureStartUp(database: string): StartUp {
  return {
    help: measure(['--help']),
    status: measure(['status', '--database', `sqlite:${database}`]),
  };
}

function measure(command: readonly string[]): number {
  const times = Array.from({ length: rounds }, () => {
    const started = performance.now();
    execFileSync(process.execPath, [program, ...command], { stdio: 'ignore' });
    return performance.now() - started;
  });
  return median(times);
}
