import { detailOf, secondsOf } from '../measurement.ts';
import { tableSection } from '../table-section.ts';
import { besideWriterName, exclusiveName, floorName, pythonName } from './contestants.ts';
import {
  dearerRowPercent,
  measureGrowth,
  offTheLinePercent,
  reportGrowth,
  spreadPercent,
  type Growth,
} from './growth.ts';
import { peakMebibytesOf, runsOf, type ScenarioResult } from './report.ts';
import type { Scenario } from './scenario.ts';
import type { StartUp } from './start-up.ts';

/** What was measured: the plain scenarios by their number of rows, and the start-up. */
interface Results {
  readonly plain: readonly ScenarioResult[];
  readonly startUp: StartUp;
}

/** Something that was promised, and what came out. */
interface Goal {
  readonly name: string;
  readonly must: string;
  readonly aim: string;
  readonly measured: number;
  readonly unit: string;
  readonly reached: 'missed' | 'must' | 'aim';
}

/** How times grow, and the goals: the largest of the plain scenarios decides, except where they are compared. */
export function reportGoals(results: readonly ScenarioResult[], startUp: StartUp): readonly string[] {
  const plain = results.filter(({ scenario }) => isPlain(scenario));
  const huge = results.filter(({ scenario }) => isHuge(scenario));
  const growth = plain.length > 1 ? reportGrowth(measureGrowth(plain)) : [];
  return [...growth, ...renderGoals([...listGoals({ plain, startUp }), ...huge.map(goalOfMemory)])];
}

/** Goals as a section in Markdown. */
export function renderGoals(goals: readonly Goal[]): readonly string[] {
  const table = goals.map(({ name, must, aim, measured, unit, reached }) => {
    const figure = `${measured.toFixed(measured < 10 ? 2 : 0)}${unit}`;
    return [name, must, aim, figure, reached];
  });
  return tableSection('Goals', ['', 'must', 'aim', 'measured', 'reached'], table);
}

/** That a table of many millions of rows takes no more memory than a small one. */
export function goalOfMemory(result: ScenarioResult): Goal {
  const rows = result.scenario.rows.toLocaleString('en');
  return atMost(`peak memory at ${rows} rows, MB`, [200, 200], peakMegabytesOf(result));
}

function peakMegabytesOf(result: ScenarioResult): number {
  return (peakMebibytesOf(runsOf(result, exclusiveName)) * 2 ** 20) / 1e6;
}

function isHuge({ rows }: Scenario): boolean {
  return rows >= 10_000_000;
}

function isPlain({ cellLength, columns, keys }: Scenario): boolean {
  return cellLength === 292 && columns === 1 && keys === 'number';
}

function listGoals({ plain, startUp }: Results): readonly Goal[] {
  const largest = plain.at(-1);
  if (!largest) return [];
  const seconds = (name: string): number => secondsOf(runsOf(largest, name));
  const execute = seconds(exclusiveName);
  const memory = plain.map(peakMegabytesOf);
  return [
    atLeast('against the fair Python script', [5, 8], seconds(pythonName) / execute),
    atLeast('of the prepared-UPDATE floor', [0.25, 0.45], seconds(floorName) / execute),
    atLeast('sweep against rotate', [2, 3], execute / detailOf(runsOf(largest, exclusiveName), 'sweep s')),
    atMost('peak memory, MB', [200, 200], Math.max(...memory)),
    ...goalsOfGrowth(measureGrowth(plain)),
    atMost(
      "foreground writer's p99, ms",
      [60, 20],
      Math.max(...plain.map((result) => detailOf(runsOf(result, besideWriterName), 'p99 ms'))),
    ),
    atMost('--help, ms', [150, 150], startUp.help),
    atMost('status, ms', [250, 250], startUp.status),
  ];
}

/** A start that every size pays alike is no growth, and spreads the cost of a row all the same: both stand here. */
function goalsOfGrowth(growth: Growth): readonly Goal[] {
  const sizes = growth.points.length;
  return [
    atMost('time a row, spread over sizes, %', [15, 15], spreadPercent(growth)),
    ...(sizes > 1 ? [atMost('dearer a row in larger tables, %', [15, 0], dearerRowPercent(growth))] : []),
    ...(sizes > 2 ? [atMost('off a straight line, %', [15, 5], offTheLinePercent(growth))] : []),
  ];
}

type Bounds = readonly [must: number, aim: number];

function atLeast(name: string, [must, aim]: Bounds, measured: number): Goal {
  const reached = measured >= aim ? 'aim' : measured >= must ? 'must' : 'missed';
  return { name, must: `>= ${String(must)}x`, aim: `${String(aim)}x`, measured, unit: 'x', reached };
}

function atMost(name: string, [must, aim]: Bounds, measured: number): Goal {
  const reached = measured <= aim ? 'aim' : measured <= must ? 'must' : 'missed';
  return { name, must: `< ${String(must)}`, aim: String(aim), measured, unit: '', reached };
}
