/**
 * Measures a rotation against a floor and a peer, in turns and in one run: `npm run bench -- [--rows N,...]
 * [--rounds N] [--cell-lengths N,...] [--keep]`. Prints a table of medians and ratios and writes it, with the machine's
 * description, to benchmarks/results/. Ratios of one run can be trusted; absolute times depend on the machine.
 */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { arch, cpus, platform, release, tmpdir, totalmem } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { findContestants, type Measurement } from './contestants.ts';
import { prepareScenario, type PreparedScenario } from './scenario.ts';

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '100000,1000000' },
    rounds: { type: 'string', default: '3' },
    'cell-lengths': { type: 'string', default: '292' },
  },
});
const numbers = (text: string): readonly number[] => text.split(',').map(Number);

const folder = mkdtempSync(join(tmpdir(), 'keyturn-bench-'));
const lines = [`# Benchmark of ${new Date().toISOString().slice(0, 10)}`, '', describeMachine(), ''];
try {
  for (const cellLength of numbers(values['cell-lengths'])) {
    for (const rows of numbers(values.rows)) {
      const name = `${rows.toLocaleString('en')} rows of ${String(cellLength)} characters`;
      const scenario = prepareScenario(folder, { name, rows, cellLength });
      lines.push(...reportScenario(scenario, measure(scenario)), '');
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
const results = join(import.meta.dirname, 'results');
mkdirSync(results, { recursive: true });
writeFileSync(
  join(results, `${new Date().toISOString().slice(0, 10)}.md`),
  `${lines.join('\n').trimEnd()}\n`,
);
console.log(lines.join('\n'));

type Measurements = ReadonlyMap<string, readonly Measurement[]>;

/** Lets every contestant rewrite a fresh copy of the database, in turns, so that drift of the machine hits all alike. */
function measure(scenario: PreparedScenario): Measurements {
  const measurements = new Map<string, Measurement[]>();
  const copy = `${scenario.template}.copy`;
  for (let round = 0; round < Number(values.rounds); round += 1) {
    for (const contestant of findContestants()) {
      copyFileSync(scenario.template, copy);
      const measurement = contestant.run(copy, scenario);
      measurements.set(contestant.name, [...(measurements.get(contestant.name) ?? []), measurement]);
      for (const suffix of ['', '-wal', '-shm']) rmSync(`${copy}${suffix}`, { force: true });
      console.error(
        `${scenario.name}, round ${String(round + 1)}, ${contestant.name}: ${measurement.seconds.toFixed(2)} s`,
      );
    }
  }
  rmSync(scenario.template);
  return measurements;
}

function reportScenario({ name, rows }: PreparedScenario, measurements: Measurements): readonly string[] {
  const secondsOf = (contestant: string): number =>
    median((measurements.get(contestant) ?? []).map(({ seconds }) => seconds));
  const floor = secondsOf('floor: prepared UPDATE');
  const python = secondsOf('python: MultiFernet');
  const table = [...measurements].map(([contestant, runs]) => {
    const seconds = secondsOf(contestant);
    const cpu = (median(runs.map(({ cpuSeconds }) => cpuSeconds)) / rows) * 1e6;
    const details = Object.keys(runs[0]?.details ?? {}).map(
      (detail) => `${detail} ${median(runs.map((run) => run.details[detail] ?? 0)).toFixed(2)} s`,
    );
    const cells = [
      contestant,
      `${seconds.toFixed(2)} s`,
      Math.round(rows / seconds).toLocaleString('en'),
      cpu.toFixed(1),
      `${(floor / seconds).toFixed(2)}x`,
      Number.isNaN(python) ? '-' : `${(python / seconds).toFixed(1)}x`,
      `${String(Math.round(median(runs.map(({ peakKibibytes }) => peakKibibytes)) / 1024))} MiB`,
      details.join(', '),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `## ${name}`,
    '',
    '| | median | rows/s | CPU us/row | of the floor | against Python | peak memory | besides |',
    '|---|---|---|---|---|---|---|---|',
    ...table,
  ];
}

function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

function describeMachine(): string {
  const [processor] = cpus();
  const memory = `${String(Math.round(totalmem() / 2 ** 30))} GiB`;
  return `${platform()} ${release()} ${arch()}, ${String(cpus().length)} x ${processor?.model ?? 'unknown processor'}, ${memory}, Node.js ${process.version}; fsync on. CPU of keyturn is that of the whole command, planning and verification included.`;
}
