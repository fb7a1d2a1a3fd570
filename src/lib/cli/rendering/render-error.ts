import { printable } from '../../reporters/printable.ts';
import type { ErrorReport } from '../results/error-report.ts';
import type { Painter } from './painter.ts';

/** An error as text: what is wrong, its code, one line per hint and where to read more. Ends in a line break. */
export function renderError(report: ErrorReport, painter: Painter): string {
  const lines = [
    `${painter.bad('Error:')} ${printable(report.message)}`,
    `${painter.faint('Code:')} ${report.code}`,
    ...report.hints.map((hint) => `${painter.heading('Try this:')} ${printable(hint)}`),
    ...(report.reference === null ? [] : [`${painter.faint('Reference:')} ${report.reference}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** Where an error was thrown, and what caused it, for `--debug`. */
export function renderStack(error: unknown): string {
  if (!(error instanceof Error)) return '';
  const stack = error.stack ?? `${error.name}: ${error.message}`;
  const cause = error.cause === undefined ? '' : `Caused by: ${renderStack(error.cause)}`;
  return `${stack.split('\n').map(printable).join('\n')}\n${cause}`;
}
