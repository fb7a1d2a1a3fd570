import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describeMachine } from './report.ts';

/** What was measured, in Markdown. */
interface Report {
  /** What the page begins with, before the day. */
  readonly title: string;
  /** What the file is called behind the day; empty: by the day alone. */
  readonly name: string;
  readonly rounds: number;
  readonly sections: readonly string[];
}

/** Prints a report and writes it, with the machine's description, to benchmarks/results/. */
export function publishReport({ title, name, rounds, sections }: Report): void {
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${describeMachine()} Medians of ${String(rounds)}.`;
  const report = [`# ${title}, ${day}`, '', machine, '', ...sections].join('\n');
  const results = join(import.meta.dirname, 'results');
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${[day, name].filter((part) => part !== '').join('-')}.md`), `${report}\n`);
  console.log(report);
}
