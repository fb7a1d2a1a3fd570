/** The middle one of some numbers; the upper one of two, NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((one, other) => one - other);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Something that was measured, by its size. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A straight line: `start + slope * x`. */
export interface Line {
  readonly start: number;
  readonly slope: number;
}

/**
 * The line that is least off all points, in parts of each point's own y: least squares, so that small points weigh as much as large
 * ones. NaN of fewer than two points.
 */
export function fitLine(points: readonly Point[]): Line {
  const sum = (of: (point: Point) => number): number => points.reduce((total, point) => total + of(point), 0);
  const ones = sum(({ y }) => 1 / y ** 2);
  const mixed = sum(({ x, y }) => x / y ** 2);
  const squares = sum(({ x, y }) => (x / y) ** 2);
  const [startSide, slopeSide] = [sum(({ y }) => 1 / y), sum(({ x, y }) => x / y)];
  const determinant = ones * squares - mixed ** 2;
  return {
    start: (startSide * squares - slopeSide * mixed) / determinant,
    slope: (slopeSide * ones - startSide * mixed) / determinant,
  };
}
