import { describeDetails, secondsOf } from '../measurement.ts';
import { median } from '../statistics.ts';
import { tableSection } from '../table-section.ts';
import { floorName, pythonName, type ProcessMeasurement } from './contestants.ts';
import { nameScenario, type Scenario } from './scenario.ts';

/** A scenario that was measured: every contestant's runs by name. */
export interface ScenarioResult {
  readonly scenario: Scenario;
  readonly measurements: ReadonlyMap<string, readonly ProcessMeasurement[]>;
}

/** All runs of one contestant; none where it has not run. */
export function runsOf({ measurements }: ScenarioResult, contestant: string): readonly ProcessMeasurement[] {
  return measurements.get(contestant) ?? [];
}

/** Median peak memory in MiB; NaN of no run. */
export function peakMebibytesOf(runs: readonly ProcessMeasurement[]): number {
  return median(runs.map(({ peakKibibytes }) => peakKibibytes / 1024));
}

const titles = [
  '',
  'median s',
  'rows/s',
  'CPU us/row',
  'of the floor',
  'against Python',
  'peak memory',
  'besides',
];

/** The scenario as a section in Markdown. */
export function reportScenario(result: ScenarioResult): readonly string[] {
  const { scenario, measurements } = result;
  const [floor, python] = [floorName, pythonName].map((name) => secondsOf(runsOf(result, name)));
  const against = (other = Number.NaN, seconds: number, digits: number): string =>
    Number.isNaN(other) ? '-' : `${(other / seconds).toFixed(digits)}x`;
  const table = [...measurements].map(([contestant, runs]) => {
    const seconds = secondsOf(runs);
    const cpuMicroseconds = (median(runs.map(({ cpuSeconds }) => cpuSeconds)) / scenario.rows) * 1e6;
    return [
      contestant,
      seconds.toFixed(2),
      Math.round(scenario.rows / seconds).toLocaleString('en'),
      cpuMicroseconds.toFixed(1),
      against(floor, seconds, 2),
      against(python, seconds, 1),
      `${String(Math.round(peakMebibytesOf(runs)))} MiB`,
      describeDetails(runs, 2),
    ];
  });
  return tableSection(nameScenario(scenario), titles, table);
}
