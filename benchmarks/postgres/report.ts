import { median } from '../statistics.ts';
import {
  besideWritersName,
  exclusiveName,
  fairLoopName,
  floorName,
  type Measurement,
} from './contestants.ts';
import { nameScenario, type PostgresScenario } from './scenario.ts';

/** A scenario that was measured: every contestant's runs by name. */
export interface ScenarioResult {
  readonly scenario: PostgresScenario;
  readonly measurements: ReadonlyMap<string, readonly Measurement[]>;
}

/** The scenario as a section in Markdown. */
export function reportScenario(result: ScenarioResult): readonly string[] {
  const table = [...result.measurements].map(([contestant, runs]) => {
    const details = Object.keys(runs[0]?.details ?? {}).map(
      (detail) => `${detail}: ${detailOf(result, contestant, detail).toFixed(1)}`,
    );
    const rate = rateOf(result, contestant);
    const cells = [
      contestant,
      median(runs.map(({ seconds }) => seconds)).toFixed(2),
      Math.round(rate).toLocaleString('en'),
      ...[floorName, fairLoopName].map((other) => ratio(rate, rateOf(result, other))),
      details.join(', '),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `## ${nameScenario(result.scenario)}`,
    '',
    '| | median s | rows/s | of the floor | against the client loop | besides |',
    '|---|---|---|---|---|---|',
    ...table,
    '',
  ];
}

/** What was promised, and what came out. */
export function reportGoals(plain: ScenarioResult): readonly string[] {
  const ours = rateOf(plain, exclusiveName);
  const goals = [
    ['of the single statement in the server', '0.45', '0.65', ratio(ours, rateOf(plain, floorName))],
    ['against the client loop by pages', '5', '8', ratio(ours, rateOf(plain, fairLoopName))],
    ["foreground writers' p99, ms", '< 50', '20', detailOf(plain, besideWritersName, 'p99 ms').toFixed(1)],
    [
      'the same without a rotation, ms',
      '',
      '',
      detailOf(plain, besideWritersName, 'p99 alone ms').toFixed(1),
    ],
  ];
  return [
    '## Goals',
    '',
    '| | must | aim | measured |',
    '|---|---|---|---|',
    ...goals.map((goal) => `| ${goal.join(' | ')} |`),
  ];
}

function rateOf({ measurements }: ScenarioResult, contestant: string): number {
  return median((measurements.get(contestant) ?? []).map(({ rows, seconds }) => rows / seconds));
}

function detailOf({ measurements }: ScenarioResult, contestant: string, detail: string): number {
  return median((measurements.get(contestant) ?? []).flatMap(({ details }) => details[detail] ?? []));
}

function ratio(one: number, other: number): string {
  return Number.isNaN(one / other) ? '-' : `${(one / other).toFixed(2)}x`;
}
