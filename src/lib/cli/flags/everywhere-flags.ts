import { Flags } from '@oclif/core';
import { inGroup } from './flag-group.ts';

/** Flags of every command; `--json` comes from oclif itself. */
export const everywhereFlags = inGroup('GLOBAL', {
  config: Flags.string({
    summary: 'The configuration file; by default keyturn.config.yaml of this folder or one above it.',
    helpValue: 'PATH',
    env: 'KEYTURN_CONFIG',
  }),
  quiet: Flags.boolean({
    char: 'q',
    summary: 'Say nothing of what went well: no progress, no advice; answers, warnings and errors stay.',
    exclusive: ['verbose'],
  }),
  verbose: Flags.boolean({
    char: 'v',
    summary: 'Say more on stderr, for example how long it took.',
  }),
  'no-color': Flags.boolean({
    summary: 'No colours; NO_COLOR and FORCE_COLOR are respected too.',
  }),
  debug: Flags.boolean({
    summary: 'Show where an error came from; what it shows may hold values.',
  }),
});
