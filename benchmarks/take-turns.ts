import type { Measurement } from './measurement.ts';

/** What takes turns with others on fresh copies of a database. */
interface Named {
  readonly name: string;
}

/** Who takes part how often, and in what, for the progress on stderr. */
interface Competition<Contestant extends Named> {
  readonly scenario: string;
  readonly contestants: readonly Contestant[];
  readonly rounds: number;
  /** Lets one of them do its work on a copy of its own. */
  readonly measure: (contestant: Contestant) => Promise<Measurement>;
}

/** One contestant after the other and round by round, so that drift of the machine hits all alike; all runs of each. */
export async function takeTurns<Contestant extends Named>({
  scenario,
  contestants,
  rounds,
  measure,
}: Competition<Contestant>): Promise<ReadonlyMap<Contestant, readonly Measurement[]>> {
  const runs = new Map<Contestant, Measurement[]>(contestants.map((contestant) => [contestant, []]));
  for (let round = 1; round <= rounds; round += 1) {
    for (const [contestant, measurements] of runs) {
      const measurement = await measure(contestant);
      measurements.push(measurement);
      const seconds = `${measurement.seconds.toFixed(2)} s for ${measurement.rows.toLocaleString('en')} rows`;
      console.error(`${scenario}, round ${String(round)}, ${contestant.name}: ${seconds}`);
    }
  }
  return runs;
}
