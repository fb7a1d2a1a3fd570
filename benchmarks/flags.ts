import { parseArgs } from 'node:util';

/** What `npm run bench` was asked for. */
export interface BenchmarkFlags {
  readonly extent: 'full' | 'quick';
  /** Numbers of rows, instead of those of the extent. */
  readonly rows: readonly number[];
  /** How often everything is measured. */
  readonly rounds: number;
  /** A part of it: which ones there are, each benchmark says. */
  readonly only: string | undefined;
  readonly database: 'sqlite' | 'postgres';
}

/** Reads the flags from the command line; a flag that does not exist is an error. */
export function readFlags(): BenchmarkFlags {
  const { values } = parseArgs({
    options: {
      quick: { type: 'boolean', default: false },
      rows: { type: 'string' },
      rounds: { type: 'string' },
      only: { type: 'string' },
      postgres: { type: 'boolean', default: false },
    },
  });
  return {
    extent: values.quick ? 'quick' : 'full',
    rows: values.rows?.split(',').map(Number) ?? [],
    rounds: Number(values.rounds ?? (values.quick ? 1 : 3)),
    only: values.only,
    database: values.postgres ? 'postgres' : 'sqlite',
  };
}
