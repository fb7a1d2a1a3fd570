import { progressSentence } from './progress-line.ts';
import type { ProgressReporter, ReporterSurroundings } from './progress-reporter.ts';
import { createRunProgress } from './run-progress.ts';
import { createSafeOutput } from './safe-output.ts';

/** Says nothing until it is asked for the status. */
export function createSilentReporter({ stream, now }: ReporterSurroundings): ProgressReporter {
  const output = createSafeOutput(stream);
  const progress = createRunProgress();
  return {
    report(event) {
      progress.observe(event, now());
    },
    printStatus() {
      const snapshot = progress.snapshot(now());
      output.write(`${snapshot === undefined ? 'no phase is running' : progressSentence(snapshot)}\n`);
    },
    printLine(text) {
      output.write(`${text}\n`);
    },
    close() {
      // Nothing is held open.
    },
  };
}
