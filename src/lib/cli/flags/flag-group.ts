import type { Interfaces } from '@oclif/core';

/**
 * The headings under which flags stand in the help of a command, in their order; those of no group stand first. The name of the
 * last one is oclif's own, which puts `--json` there.
 */
export const flagGroups = ['selection', 'blind index', 'pace', 'throttle', 'GLOBAL'] as const;

/** Puts flags under a heading of their own: a command that has fifty is read by what one looks for. */
export function inGroup<Flags extends Interfaces.FlagInput>(
  helpGroup: (typeof flagGroups)[number],
  flags: Flags,
): Flags {
  for (const flag of Object.values(flags)) flag.helpGroup = helpGroup;
  return flags;
}
