import { Flags } from '@oclif/core';
import { progressStyles } from '../../reporters/registry.ts';
import { inGroup } from './flag-group.ts';
import { speedFlags, throttleFlags } from './pace-flags.ts';
import { countFlag, durationFlag } from './value-flags.ts';

/** For commands that show how far they are. */
export const progressFlags = {
  progress: Flags.option({
    summary: 'How progress is shown on stderr; auto is a bar on a terminal, else a line per 30 s.',
    options: progressStyles,
    default: 'auto',
  })(),
};

/** For commands that ask before they change anything. */
export const confirmationFlags = {
  yes: Flags.boolean({ char: 'y', summary: 'Answer every question with yes; needed without a terminal.' }),
};

/** For commands that give an order to a run. */
export const orderFlags = {
  wait: durationFlag('How long to wait for the run to follow: 0, 10s, 5m.')({
    default: 10_000,
    defaultHelp: () => Promise.resolve('10s'),
  }),
};

/** What follows once a migration has succeeded. */
export const scrubFlags = {
  scrub: Flags.boolean({
    summary: 'Afterwards remove what is left of old values in free pages, logs and statistics, and prove it.',
  }),
};

/** For steps that a yes is not enough for. */
export const namedStepFlags = {
  confirm: Flags.string({
    summary: 'The name that would have to be typed, for scripts.',
    helpValue: 'NAME',
  }),
};

/** How a run or a rehearsal goes about it. */
export const rehearsalFlags = {
  'rehearse-writes': Flags.option({
    summary: 'Which chunks of each table a dry run writes before it rolls back.',
    options: ['first', 'all'] as const,
    default: 'first',
  })(),
  ...inGroup('pace', {
    exclusive: Flags.boolean({
      summary: 'Nobody else uses the database: the fastest mode, with long locks.',
    }),
    connections: countFlag({
      summary: 'Transactions that go side by side on a server; by default two for each processor, 8 at most.',
      least: 1,
    })(),
  }),
  'max-quarantine': countFlag({
    summary: 'How many unreadable cells a run may leave and still succeed.',
    least: 0,
  })({ default: 0 }),
  ...speedFlags,
  ...throttleFlags,
  ...progressFlags,
};

/** For runs that take cells from one key to another. `RunCommand` knows what the configuration says of it. */
export const publicationFlags = {
  'update-config': Flags.string({
    summary:
      'Write the new key beside the old one in this field before the first row, and in its place at the end.',
    helpValue: 'file:PATH#FIELD',
  }),
};

/** For commands that change cells. */
export const runFlags = {
  'dry-run': Flags.boolean({
    char: 'n',
    summary: 'Do everything, cryptography and constraints included, in transactions that roll back.',
  }),
  backup: Flags.string({
    summary: 'Where the backup goes.',
    helpValue: 'PATH',
    exclusive: ['no-backup'],
  }),
  'no-backup': Flags.boolean({ summary: 'Make no backup.' }),
  'keep-undo': Flags.boolean({
    summary:
      'Keep the old cells in the database, so that a rollback gives unchanged ones back byte for byte.',
    exclusive: ['scrub'],
  }),
  wait: durationFlag('How long to wait for another run to end: 30s, 5m, 1h.')(),
  'if-locked': Flags.option({
    summary: 'When another run holds the database: exit 11, or exit 0 having done nothing (for cron).',
    options: ['fail', 'skip'] as const,
    default: 'fail',
  })(),
  triggers: Flags.option({
    summary: 'What triggers of the tables may do during the run; required where there are any.',
    options: ['fire', 'suppress'] as const,
  })(),
  ...scrubFlags,
  ...confirmationFlags,
  ...rehearsalFlags,
};
