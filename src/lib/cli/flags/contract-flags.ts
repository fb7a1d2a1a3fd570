import { Flags } from '@oclif/core';
import { namedStepFlags } from './run-flags.ts';

const instead = 'that no blind index takes the place of (--blind-index ...,unique).';

/** How the plaintext beside its cells ends. */
export const contractFlags = {
  contract: Flags.option({
    summary: 'How the plaintext column ends: emptied or dropped; by default emptied, or as it was begun.',
    options: ['empty', 'drop'] as const,
  })(),
  'drop-unique': Flags.boolean({
    summary: `Let go of a UNIQUE over the plaintext ${instead}`,
  }),
  ...namedStepFlags,
};

/** For commands that go on with pairs of columns. */
export const preferenceFlags = {
  prefer: Flags.option({
    summary:
      'With --into, where the triggers that mark who wrote what were lost: the column that counts where both hold a value.',
    options: ['plaintext', 'cells'] as const,
  })(),
};

/** For commands that may go on to finalize by themselves. */
export const autoFinalizeFlags = {
  'auto-finalize': Flags.boolean({
    summary: 'With --into: finalize as soon as every value has its cell, in the same run.',
  }),
  contract: Flags.option({
    summary: 'With --auto-finalize: how the plaintext column ends.',
    options: ['empty', 'drop'] as const,
    dependsOn: ['auto-finalize'],
  })(),
  'drop-unique': Flags.boolean({
    summary: `With --auto-finalize: let go of a UNIQUE over the plaintext ${instead}`,
    dependsOn: ['auto-finalize'],
  }),
  confirm: Flags.string({
    summary: 'With --auto-finalize: the name that would have to be typed, for scripts.',
    helpValue: 'NAME',
    dependsOn: ['auto-finalize'],
  }),
};
