import { secondsOf } from '../measurement.ts';
import { fitLine, type Line, type Point } from '../statistics.ts';
import { tableSection } from '../table-section.ts';
import { exclusiveName } from './contestants.ts';
import { runsOf, type ScenarioResult } from './report.ts';

/** How the time of a rotation grows with its rows. */
export interface Growth {
  /** Rows and median seconds of each size, the smallest first. */
  readonly points: readonly Point[];
  /** What all sizes have in common: seconds to start, and seconds a row. */
  readonly line: Line;
}

/** Growth over plain scenarios of growing size. */
export function measureGrowth(results: readonly ScenarioResult[]): Growth {
  const points = results.map((result) => ({
    x: result.scenario.rows,
    y: secondsOf(runsOf(result, exclusiveName)),
  }));
  return { points, line: fitLine(points) };
}

/** How much more a row costs in a larger table than in a smaller one, at the most, in percent; negative where it costs less. */
export function dearerRowPercent({ points }: Growth): number {
  const steps = points.flatMap((small, index) =>
    points.slice(index + 1).map((large) => large.y / large.x / (small.y / small.x)),
  );
  return (Math.max(...steps) - 1) * 100;
}

/** How much the dearest row of all sizes costs more than the cheapest, in percent: of a start that all sizes pay alike, too. */
export function spreadPercent({ points }: Growth): number {
  const perRow = points.map(({ x, y }) => y / x);
  return (Math.max(...perRow) / Math.min(...perRow) - 1) * 100;
}

/** How far the size that is farthest off the line is off it, in percent. */
export function offTheLinePercent({ points, line }: Growth): number {
  return Math.max(...points.map((point) => Math.abs(offBy(point, line)))) * 100;
}

function offBy({ x, y }: Point, { start, slope }: Line): number {
  return y / (start + slope * x) - 1;
}

/** Growth as a section in Markdown. */
export function reportGrowth(growth: Growth): readonly string[] {
  const { points, line } = growth;
  const table = points.map((point) => [
    point.x.toLocaleString('en'),
    point.y.toFixed(2),
    ((point.y / point.x) * 1e6).toFixed(2),
    `${(offBy(point, line) * 100).toFixed(1)} %`,
  ]);
  const start = `${(line.start * 1e3).toFixed(0)} ms to start`;
  const rate = `${(line.slope * 1e6).toFixed(2)} us a row`;
  const heading = `Growth of keyturn exclusive: ${start}, then ${rate}`;
  return tableSection(heading, ['rows', 'median s', 'us/row', 'off this line'], table);
}
