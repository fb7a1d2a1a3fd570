import { stripVTControlCharacters } from 'node:util';
import { jsonText } from './json-text.ts';
import type { ProgressReporter, ReporterSurroundings } from './progress-reporter.ts';
import { createRunProgress } from './run-progress.ts';
import { createSafeOutput } from './safe-output.ts';

/** One JSON object a line and event, with the time in ISO 8601; a status has the kind `status`, other text the kind `note`. */
export function createJsonLinesReporter({ stream, now }: ReporterSurroundings): ProgressReporter {
  const output = createSafeOutput(stream);
  const progress = createRunProgress();
  const print = (value: object): void => {
    output.write(`${jsonText({ time: new Date().toISOString(), ...value })}\n`);
  };
  return {
    report(event) {
      progress.observe(event, now());
      print(event);
    },
    printStatus() {
      print({ kind: 'status', ...progress.snapshot(now()) });
    },
    printLine(text) {
      print({ kind: 'note', message: stripVTControlCharacters(text) });
    },
    close() {
      // Nothing is held open.
    },
  };
}
