import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { measureCommand, measureRun } from '../measured-command.ts';
import type { Measurement } from '../measurement.ts';
import { encodeKey } from '../token-sealer.ts';
import { columnsOf, type PreparedScenario } from './scenario.ts';

/** A run in a process of its own. */
export interface ProcessMeasurement extends Measurement {
  /** CPU of the measured part, where it can be told apart, else of the whole process. */
  readonly cpuSeconds: number;
  readonly peakKibibytes: number;
}

/** Something that rewrites every cell of a copy of the scenario's database. */
export interface Contestant {
  readonly name: string;
  run(database: string, scenario: PreparedScenario): Promise<ProcessMeasurement>;
}

const script = (name: string): string => join(import.meta.dirname, name);

/** What others are measured against. */
export const floorName = 'floor: prepared UPDATE';
export const pythonName = 'python: MultiFernet';
export const exclusiveName = 'keyturn exclusive';
export const besideWriterName = 'keyturn shared, beside a writer';

/** Everybody who can run on this machine. */
export function findContestants(): readonly Contestant[] {
  const floor = scripted(floorName, (database, scenario) => [
    process.execPath,
    script('floor.ts'),
    database,
    'cells',
    columnsOf(scenario)
      .map((column) => `${column}:${String(scenario.cellLength)}`)
      .join(','),
  ]);
  const python = scripted(pythonName, (database, scenario) => [
    'python3',
    script('peers/rotate.py'),
    database,
    encodeKey(scenario.oldKey),
    encodeKey(scenario.newKey),
    columnsOf(scenario).join(','),
  ]);
  const exclusive = keyturn(exclusiveName, ['--exclusive']);
  const shared = keyturn('keyturn shared', []);
  return [floor, exclusive, shared, besideWriter(shared), ...(hasPythonPeer() ? [python] : [])];
}

/** keyturn as a user runs it, with every safety feature on; timed is the execute phase of its own report. */
function keyturn(name: string, flags: readonly string[]): Contestant {
  return {
    name,
    async run(database, { rows, oldKeyFile, newKeyFile }) {
      const location = ['--database', `sqlite:${database}`];
      const keys = ['--old-key', `file:${oldKeyFile}`, '--new-key', `file:${newKeyFile}`];
      const rotated = await measureRun(['rotate', ...location, ...keys, '--no-backup', ...flags]);
      const verified = await measureCommand(['verify', ...location]);
      return {
        ...rotated.usage,
        rows,
        seconds: rotated.secondsOf('execute'),
        details: {
          'sweep s': rotated.secondsOf('verify'),
          'census s': rotated.secondsOf('census'),
          'whole rotate s': rotated.seconds,
          'whole verify s': verified.seconds,
        },
      };
    },
  };
}

/** The same while an application writes; how long that application's transactions took stands in the details. */
function besideWriter(shared: Contestant): Contestant {
  return {
    name: besideWriterName,
    async run(database, scenario) {
      const writer = spawn(process.execPath, [script('foreground-writer.ts'), database], {
        stdio: ['pipe', 'pipe', 'inherit'],
      });
      const report = text(writer.stdout);
      const measurement = await shared.run(database, scenario);
      writer.stdin.end();
      const waited = JSON.parse(await report) as Readonly<Record<'p50' | 'p99' | 'longest', number>>;
      const { p50, p99, longest } = waited;
      return { ...measurement, details: { 'p50 ms': p50, 'p99 ms': p99, 'longest ms': longest } };
    },
  };
}

/** A contestant that is a script printing one JSON measurement. */
function scripted(
  name: string,
  command: (database: string, scenario: PreparedScenario) => readonly string[],
): Contestant {
  return {
    name,
    run(database, scenario) {
      const [file = '', ...parameters] = command(database, scenario);
      const output = execFileSync(file, parameters, { encoding: 'utf8' });
      const measured = JSON.parse(output) as Omit<ProcessMeasurement, 'rows' | 'details'>;
      return Promise.resolve({ ...measured, rows: scenario.rows, details: {} });
    },
  };
}

function hasPythonPeer(): boolean {
  return spawnSync('python3', ['-c', 'import cryptography'], { stdio: 'ignore' }).status === 0;
}
