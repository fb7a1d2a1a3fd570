import { describeDetails, rateOf, secondsOf, type Measurement } from '../measurement.ts';
import { tableSection } from '../table-section.ts';
import type { Contestant } from './contestant.ts';

/** Every contestant's runs on one kind of database. */
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
    return [
      name,
      secondsOf(measurements).toFixed(2),
      Math.round(rate).toLocaleString('en'),
      `${(rate / (rates.get(floor) ?? Number.NaN)).toFixed(2)}x`,
      describeDetails(measurements, 1),
    ];
  });
  const titles = ['', 'median s', 'rows/s', 'of its floor', 'besides'];
  return tableSection(`${database}, ${rows.toLocaleString('en')} rows`, titles, table);
}
