import { printable } from '../../reporters/printable.ts';
import { nextSteps } from './next-steps.ts';
import type { Painter } from './painter.ts';

/** A heading over lines that are indented; nothing at all where there are no lines. */
export function section(heading: string, lines: readonly string[]): readonly string[] {
  return lines.length === 0 ? [] : [`${heading}:`, ...lines.map((line) => `  ${line}`)];
}

/** One line per warning. */
export function warningLines(warnings: readonly string[], painter: Painter): readonly string[] {
  return warnings.map((warning) => `${painter.warning('Warning:')} ${printable(warning)}`);
}

/** Parts of a text with an empty line between them, the commands to type next last; empty parts are left out. */
export function composeText(parts: readonly (readonly string[])[], next: readonly string[]): string {
  const filled = [...parts, nextSteps(next)].filter((part) => part.length > 0);
  return filled.map((part) => part.join('\n')).join('\n\n');
}
