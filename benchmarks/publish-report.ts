import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What was measured, in Markdown. */
interface Report {
  /** What the page begins with, before the day. */
  readonly title: string;
  /** What the file is called behind the day; empty: by the day alone. */
  readonly name: string;
  /** A part, or less of everything, goes into a file of its own. */
  readonly extent: 'whole' | 'part';
  /** What it was measured on, see `describeMachine`. */
  readonly machine: string;
  readonly rounds: number;
  readonly sections: readonly string[];
}

/** Prints a report and writes it to benchmarks/results/. */
export function publishReport({ title, name, extent, machine, rounds, sections }: Report): void {
  const day = new Date().toISOString().slice(0, 10);
  const measured = `${machine} Medians of ${String(rounds)}.`;
  const report = [`# ${title}, ${day}`, '', measured, '', ...sections].join('\n');
  const nameParts = [day, name, extent === 'part' ? 'quick' : ''].filter((part) => part !== '');
  const results = join(import.meta.dirname, 'results');
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${nameParts.join('-')}.md`), `${report}\n`);
  console.log(report);
}
