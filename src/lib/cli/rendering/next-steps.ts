import { printable } from '../../reporters/printable.ts';

/** The last lines of every result: what to type next, most useful first. Empty where there is nothing. */
export function nextSteps(commands: readonly string[]): readonly string[] {
  return commands.map((command, index) => `${index === 0 ? 'Next:' : '  or:'} ${printable(command)}`);
}
