import type { Interfaces } from '@oclif/core';

/** The command that failed, as far as advice needs it. */
export interface FailedCommand {
  /** As it is typed, e.g. `keyturn keys generate`. */
  readonly name: string;
  readonly flags: Interfaces.FlagInput;
}
