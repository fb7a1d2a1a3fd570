import { createJsonLinesReporter } from './json-lines.ts';
import { createPlainReporter } from './plain.ts';
import { createProgressBar } from './progress-bar.ts';
import type { ProgressReporter, ReporterSurroundings } from './progress-reporter.ts';
import type { ProgressStream } from './safe-output.ts';
import { createSilentReporter } from './silent.ts';

/** How a run shows its progress. `auto`: a bar on a terminal, lines otherwise. */
export type ProgressStyle = (typeof progressStyles)[number];

/** Every style, in the order in which help lists them. */
export const progressStyles = ['auto', 'bar', 'plain', 'json', 'none'] as const;

/** The reporter of a style. A bar needs a terminal; anywhere else it becomes lines. */
export function createReporter(
  style: ProgressStyle,
  stream: ProgressStream = process.stderr,
): ProgressReporter {
  const surroundings: ReporterSurroundings = { stream, now: () => performance.now() };
  switch (style) {
    case 'auto':
    case 'bar':
      return canMoveCursor(stream) ? createProgressBar(surroundings) : createPlainReporter(surroundings);
    case 'plain':
      return createPlainReporter(surroundings);
    case 'json':
      return createJsonLinesReporter(surroundings);
    case 'none':
      return createSilentReporter(surroundings);
  }
}

function canMoveCursor(stream: ProgressStream): boolean {
  return stream.isTTY === true && process.env['TERM'] !== 'dumb';
}
