/**
 * Measures keyturn against floors and peers: `npm run bench -- [--quick] [--rows N,...] [--rounds N] [--postgres] [--only WHAT]`.
 * Prints tables of medians and ratios and the goals they are held against, and writes them, with the machine's description, to
 * benchmarks/results/. Ratios of one run can be trusted; absolute times depend on the machine.
 *
 * Without flags it measures rotations on SQLite; `--postgres` those of the other database; `--only encryption` how plaintext is
 * encrypted; `--only memory` the largest table alone. The `run.ts` of each says what it measures, and how long that takes.
 */
import { readFlags } from './flags.ts';

const flags = readFlags();
if (flags.only === 'encryption') {
  const { benchmarkEncryptions } = await import('./encryption/run.ts');
  await benchmarkEncryptions(flags);
} else if (flags.database === 'postgres') {
  const { benchmarkPostgres } = await import('./postgres/run.ts');
  await benchmarkPostgres(flags);
} else {
  const { benchmarkSqlite } = await import('./sqlite/run.ts');
  await benchmarkSqlite(flags);
}
