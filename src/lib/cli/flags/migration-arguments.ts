import { Args } from '@oclif/core';

/** Which migration, for commands about an unfinished one. */
export const unfinishedMigration = {
  id: Args.string({
    description: 'The migration, or the beginning of its id; by default the one that has not finished.',
  }),
};

/** Which migration, for commands that look at any. */
export const anyMigration = {
  id: Args.string({ description: 'The migration, or the beginning of its id; by default the latest.' }),
};
