import type { BenchmarkFlags } from './flags.ts';

/** Something that can be measured by itself; `run.ts` gives it a folder, and publishes what it finds. */
export interface Benchmark {
  /** What the page begins with, before the day. */
  readonly title: string;
  /** What the file is called behind the day; empty: by the day alone. */
  readonly name: string;
  /** Measures what the flags ask for. The folder is gone afterwards. */
  readonly measure: (folder: string, flags: BenchmarkFlags) => Promise<Findings>;
}

/** What was measured, in sections of Markdown. */
export interface Findings {
  /** A part of what there is to measure goes into a file of its own; `goal`: one figure, which was printed already. */
  readonly extent: 'whole' | 'part' | 'goal';
  readonly sections: readonly string[];
}
