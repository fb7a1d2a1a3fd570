import { describeDetails, detailOf, rateOf, secondsOf, type Measurement } from '../measurement.ts';
import { tableSection } from '../table-section.ts';
import { besideWritersName, exclusiveName, fairLoopName, floorName } from './contestants.ts';
import { nameScenario, type PostgresScenario } from './scenario.ts';

/** A scenario that was measured: every contestant's runs by name. */
export interface ScenarioResult {
  readonly scenario: PostgresScenario;
  readonly measurements: ReadonlyMap<string, readonly Measurement[]>;
}

/** The scenario as a section in Markdown. */
export function reportScenario(result: ScenarioResult): readonly string[] {
  const table = [...result.measurements].map(([contestant, runs]) => [
    contestant,
    secondsOf(runs).toFixed(2),
    Math.round(rateOf(runs)).toLocaleString('en'),
    ...[floorName, fairLoopName].map((other) => ratio(rateOf(runs), rateOf(runsOf(result, other)))),
    describeDetails(runs, 1),
  ]);
  const titles = ['', 'median s', 'rows/s', 'of the floor', 'against the client loop', 'besides'];
  return tableSection(nameScenario(result.scenario), titles, table);
}

/** What was promised, and what came out. */
export function reportGoals(plain: ScenarioResult): readonly string[] {
  const [ours, floor, loop] = [exclusiveName, floorName, fairLoopName].map((name) =>
    rateOf(runsOf(plain, name)),
  );
  const besideWriters = runsOf(plain, besideWritersName);
  const milliseconds = (detail: string): string => detailOf(besideWriters, detail).toFixed(1);
  return tableSection(
    'Goals',
    ['', 'must', 'aim', 'measured'],
    [
      ['of the single statement in the server', '0.45', '0.65', ratio(ours, floor)],
      ['against the client loop by pages', '5', '8', ratio(ours, loop)],
      ["foreground writers' p99, ms", '< 50', '20', milliseconds('p99 ms')],
      ['the same without a rotation, ms', '', '', milliseconds('p99 alone ms')],
    ],
  );
}

function runsOf({ measurements }: ScenarioResult, contestant: string): readonly Measurement[] {
  return measurements.get(contestant) ?? [];
}

function ratio(one = Number.NaN, other = Number.NaN): string {
  return Number.isNaN(one / other) ? '-' : `${(one / other).toFixed(2)}x`;
}
