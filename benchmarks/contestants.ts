import { execFileSync, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import type { PreparedScenario } from './scenario.ts';

/** One measured run. */
export interface Measurement {
  readonly seconds: number;
  /** CPU of the measured part, where it can be told apart, else of the whole process. */
  readonly cpuSeconds: number;
  readonly peakKibibytes: number;
  /** Further figures, in seconds. */
  readonly details: Readonly<Record<string, number>>;
}

/** Something that rewrites every cell of a copy of the scenario's database. */
export interface Contestant {
  readonly name: string;
  run(database: string, scenario: PreparedScenario): Measurement;
}

const root = join(import.meta.dirname, '..');

/** keyturn as a user runs it, with every safety feature on; timed is the execute phase of its own report. */
function keyturn(mode: 'exclusive' | 'shared'): Contestant {
  return {
    name: `keyturn ${mode}`,
    run(database, { oldKeyFile, newKeyFile }) {
      const keys = ['--old-key', `file:${oldKeyFile}`, '--new-key', `file:${newKeyFile}`];
      const flags = ['--yes', '--no-backup', '--json', '--progress', 'none'];
      const command = ['rotate', '--database', `sqlite:${database}`, ...keys, ...flags];
      const started = performance.now();
      const child = spawnSync(
        process.execPath,
        [
          '--import',
          join(root, 'benchmarks/report-usage.js'),
          join(root, 'bin/run.js'),
          ...command,
          ...(mode === 'exclusive' ? ['--exclusive'] : []),
        ],
        { stdio: ['ignore', 'pipe', 'pipe', 'pipe'], encoding: 'utf8' },
      );
      const total = (performance.now() - started) / 1000;
      if (child.status !== 0) throw new Error(`keyturn ended with ${String(child.status)}: ${child.stderr}`);
      const usage = JSON.parse(child.output[3] ?? '') as Measurement;
      const { phases } = JSON.parse(child.stdout) as { readonly phases: Record<string, number> };
      const inSeconds = (phase: string): number => (phases[phase] ?? 0) / 1000;
      return {
        ...usage,
        seconds: inSeconds('execute'),
        details: { verify: inSeconds('verify'), census: inSeconds('census'), plan: inSeconds('plan'), total },
      };
    },
  };
}

/** A contestant that is a script printing one JSON measurement. */
function script(
  name: string,
  command: (database: string, scenario: PreparedScenario) => readonly string[],
): Contestant {
  return {
    name,
    run(database, scenario) {
      const [file = '', ...parameters] = command(database, scenario);
      const output = execFileSync(file, parameters, { encoding: 'utf8' });
      return { ...(JSON.parse(output) as Measurement), details: {} };
    },
  };
}

/** Everybody who can run on this machine. */
export function findContestants(): readonly Contestant[] {
  const floor = script('floor: prepared UPDATE', (database, { cellLength }) => [
    process.execPath,
    join(root, 'benchmarks/floor.ts'),
    database,
    String(cellLength),
  ]);
  const python = script('python: MultiFernet', (database, { oldKey, newKey }) => [
    'python3',
    join(root, 'benchmarks/peers/rotate.py'),
    database,
    oldKey,
    newKey,
  ]);
  return [floor, keyturn('exclusive'), keyturn('shared'), ...(hasPythonPeer() ? [python] : [])];
}

function hasPythonPeer(): boolean {
  return spawnSync('python3', ['-c', 'import cryptography'], { stdio: 'ignore' }).status === 0;
}
