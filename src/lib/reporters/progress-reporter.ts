import type { Reporter } from './reporter.ts';
import type { ProgressStream } from './safe-output.ts';

/** A reporter that can also say, whenever it is asked (SIGUSR2), where the run is. */
export interface ProgressReporter extends Reporter {
  /** Writes one line, whatever the style. Never throws. */
  printStatus(): void;
  /** Writes a line of text among the progress without tearing it. Never throws. */
  printLine(text: string): void;
}

/** What a reporter writes to, and its clock in milliseconds, which never goes back. */
export interface ReporterSurroundings {
  readonly stream: ProgressStream;
  readonly now: () => number;
}
