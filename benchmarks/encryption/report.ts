import type { Measurement } from '../postgres/contestants.ts';
import { median } from '../statistics.ts';
import type { Contestant } from './contestant.ts';

/** Every contestant's runs on one kind of database, by name. */
export interface EncryptionResult {
  readonly database: string;
  readonly rows: number;
  readonly runs: ReadonlyMap<Contestant, readonly Measurement[]>;
}

/** The comparison as a section in Markdown. */
export function reportEncryption({ database, rows, runs }: EncryptionResult): readonly string[] {
  const rates = new Map([...runs].map(([{ name }, measurements]) => [name, rateOf(measurements)]));
  const table = [...runs].map(([{ name, floor }, measurements]) => {
    const rate = rateOf(measurements);
    const details = Object.keys(measurements[0]?.details ?? {}).map((detail) => {
      const figures = measurements.flatMap(({ details }) => details[detail] ?? []);
      return `${detail}: ${median(figures).toFixed(1)}`;
    });
    const cells = [
      name,
      median(measurements.map(({ seconds }) => seconds)).toFixed(2),
      Math.round(rate).toLocaleString('en'),
      `${(rate / (rates.get(floor) ?? Number.NaN)).toFixed(2)}x`,
      details.join(', '),
    ];
    return `| ${cells.join(' | ')} |`;
  });
  return [
    `## ${database}, ${rows.toLocaleString('en')} rows`,
    '',
    '| | median s | rows/s | of its floor | besides |',
    '|---|---|---|---|---|',
    ...table,
    '',
  ];
}

function rateOf(measurements: readonly Measurement[]): number {
  return median(measurements.map(({ rows, seconds }) => rows / seconds));
}
