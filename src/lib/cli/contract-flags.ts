import { Flags } from '@oclif/core';
import { namedStepFlags } from './shared-flags.ts';

/** What becomes of the plaintext beside its cells. */
export const contractFlags = {
  contract: Flags.option({
    summary: 'What becomes of the plaintext column: its values go, or the whole column does.',
    options: ['empty', 'drop'] as const,
    default: 'empty',
  })(),
  ...namedStepFlags,
};
