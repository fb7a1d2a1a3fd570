/**
 * Measures keyturn against floors and peers: `npm run bench -- [--quick] [--rows N,...] [--rounds N] [--postgres] [--only WHAT]`.
 * Prints tables of medians and ratios and the goals they are held against, and writes them, with the machine's description, to
 * benchmarks/results/. Ratios of one run can be trusted; absolute times depend on the machine.
 *
 * Without flags it measures rotations on SQLite; `--postgres` those of the other database; `--only encryption` how plaintext is
 * encrypted; `--only memory` the largest table alone. The `run.ts` of each says what it measures, and how long that takes.
 */
import type { Benchmark } from './benchmark.ts';
import { describeMachine } from './describe-machine.ts';
import { readFlags, type BenchmarkFlags } from './flags.ts';
import { inFolder } from './in-folder.ts';
import { publishReport } from './publish-report.ts';

const flags = readFlags();
const { title, name, measure } = await chooseBenchmark(flags);
const machine = describeMachine();
await inFolder(async (folder) => {
  const { extent, sections } = await measure(folder, flags);
  if (extent === 'goal') return;
  const isLess = flags.extent === 'quick' || flags.rows.length > 0;
  publishReport({
    title,
    name,
    extent: isLess ? 'part' : extent,
    machine,
    rounds: flags.rounds,
    sections,
  });
});

/** Only what is asked for is loaded: each brings drivers and ciphers of its own. */
async function chooseBenchmark({ only, database }: BenchmarkFlags): Promise<Benchmark> {
  if (only === 'encryption') return (await import('./encryption/run.ts')).encryptions;
  if (database === 'postgres') return (await import('./postgres/run.ts')).postgresRotations;
  return (await import('./sqlite/run.ts')).sqliteRotations;
}
