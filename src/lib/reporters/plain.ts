import type { MigrationEvent } from '../model/migrations/migration-event.ts';
import { eventSentence } from './event-sentence.ts';
import { progressSentence } from './progress-line.ts';
import type { ProgressReporter, ReporterSurroundings } from './progress-reporter.ts';
import { createRunProgress } from './run-progress.ts';
import { createSafeOutput } from './safe-output.ts';

const intervalMilliseconds = 30_000;

/** Lines for a log: one when a phase or a pass starts and when it ends, and one per 30 s in between. */
export function createPlainReporter({ stream, now }: ReporterSurroundings): ProgressReporter {
  const output = createSafeOutput(stream);
  const progress = createRunProgress();
  let lastLineAt = now();

  const print = (sentence: string | undefined): void => {
    if (sentence === undefined) return;
    lastLineAt = now();
    output.write(`${sentence}\n`);
  };
  const printProgress = (): void => {
    const snapshot = progress.snapshot(now());
    if (snapshot !== undefined) print(progressSentence(snapshot));
  };
  const printIfDue = (): void => {
    if (now() - lastLineAt >= intervalMilliseconds) printProgress();
  };
  // The timer speaks while nothing happens; a busy run that lets no timer through speaks at its events.
  const timer = setInterval(printIfDue, intervalMilliseconds / 30).unref();

  return {
    report(event: MigrationEvent) {
      progress.observe(event, now());
      print(eventSentence(event));
      printIfDue();
    },
    printStatus() {
      if (progress.snapshot(now()) === undefined) print('no phase is running');
      printProgress();
    },
    printLine: print,
    close() {
      clearInterval(timer);
    },
  };
}
