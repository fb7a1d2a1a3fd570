import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { floorName, pythonName, type Measurement } from './contestants.ts';
import { nameScenario, type Scenario } from './scenario.ts';
import { median } from './statistics.ts';

/** Every contestant's runs of one scenario, by name. */
export type Measurements = ReadonlyMap<string, readonly Measurement[]>;

/** A scenario that was measured. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly measurements: Measurements;
}

/** Median seconds of one contestant; NaN where it has not run. */
export function secondsOf({ measurements }: ScenarioResult, contestant: string): number {
  return median((measurements.get(contestant) ?? []).map(({ seconds }) => seconds));
}

/** Median of one of a contestant's details; NaN where it has not run. */
export function detailOf({ measurements }: ScenarioResult, contestant: string, detail: string): number {
  return median((measurements.get(contestant) ?? []).flatMap(({ details }) => details[detail] ?? []));
}

/** Median peak memory of one contestant in MiB; NaN where it has not run. */
export function peakMebibytesOf({ measurements }: ScenarioResult, contestant: string): number {
  return median((measurements.get(contestant) ?? []).map(({ peakKibibytes }) => peakKibibytes / 1024));
}

/** The scenario as a section in Markdown. */
export function reportScenario(result: ScenarioResult): readonly string[] {
  const { scenario, measurements } = result;
  const floor = secondsOf(result, floorName);
  const python = secondsOf(result, pythonName);
  const table = [...measurements].map(([contestant, runs]) => {
    const seconds = secondsOf(result, contestant);
    const cpuMicroseconds = (median(runs.map(({ cpuSeconds }) => cpuSeconds)) / scenario.rows) * 1e6;
    const details = Object.keys(runs[0]?.details ?? {}).map(
      (detail) => `${detail}: ${detailOf(result, contestant, detail).toFixed(2)}`,
    );
    const cells = [
      contestant,
      seconds.toFixed(2),
      Math.round(scenario.rows / seconds).toLocaleString('en'),
      cpuMicroseconds.toFixed(1),
      `${(floor / seconds).toFixed(2)}x`,
      Number.isNaN(python) ? '-' : `${(python / seconds).toFixed(1)}x`,
      `${String(Math.round(peakMebibytesOf(result, contestant)))} MiB`,
      details.join(', '),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `## ${nameScenario(scenario)}`,
    '',
    '| | median s | rows/s | CPU us/row | of the floor | against Python | peak memory | besides |',
    '|---|---|---|---|---|---|---|---|',
    ...table,
    '',
  ];
}

/** The machine, and how busy it was when this was asked. */
export function describeMachine(): string {
  const [processor] = cpus();
  const memory = `${String(Math.round(totalmem() / 2 ** 30))} GiB`;
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  return (
    `${platform()} ${release()} ${arch()}, ${String(cpus().length)} x ${processor?.model ?? 'unknown processor'}, ` +
    `${memory}, Node.js ${process.version}; load ${load} at the start; fsync on. CPU of keyturn is that of the whole ` +
    'command, planning and verification included.'
  );
}
