import { mkdirSync, writeFileSync } from 'node:fs';
import { arch, cpus, loadavg, platform, release, totalmem } from 'node:os';
import { join } from 'node:path';

/** What was measured, in Markdown. */
interface Report {
  /** What the page begins with, before the day. */
  readonly title: string;
  /** What the file is called behind the day; empty: by the day alone. */
  readonly name: string;
  /** A part, or less of everything, goes into a file of its own. */
  readonly extent: 'whole' | 'part';
  readonly rounds: number;
  readonly sections: readonly string[];
}

/** Prints a report and writes it, with the machine's description, to benchmarks/results/. */
export function publishReport({ title, name, extent, rounds, sections }: Report): void {
  const day = new Date().toISOString().slice(0, 10);
  const machine = `${describeMachine()} Medians of ${String(rounds)}.`;
  const report = [`# ${title}, ${day}`, '', machine, '', ...sections].join('\n');
  const nameParts = [day, name, extent === 'part' ? 'quick' : ''].filter((part) => part !== '');
  const results = join(import.meta.dirname, 'results');
  mkdirSync(results, { recursive: true });
  writeFileSync(join(results, `${nameParts.join('-')}.md`), `${report}\n`);
  console.log(report);
}

/** The machine, and how busy it was when this was asked. */
function describeMachine(): string {
  const [processor] = cpus();
  const memory = `${String(Math.round(totalmem() / 2 ** 30))} GiB`;
  const load = loadavg()[0]?.toFixed(1) ?? '?';
  return (
    `${platform()} ${release()} ${arch()}, ${String(cpus().length)} x ${processor?.model ?? 'unknown processor'}, ` +
    `${memory}, Node.js ${process.version}; load ${load} at the start; fsync on. CPU of keyturn is that of the whole ` +
    'command, planning and verification included.'
  );
}
