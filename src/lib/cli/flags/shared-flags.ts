import { Flags } from '@oclif/core';
import type { DatabaseLocation } from '../../model/database-location.ts';
import { progressStyles } from '../../reporters/registry.ts';
import { parseDatabaseLocation } from '../database-location.ts';
import { inGroup } from './flag-group.ts';
import { speedFlags, throttleFlags } from './pace-flags.ts';
import { countFlag, durationFlag } from './value-flags.ts';

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

/** Which database; required. */
export const databaseFlags = {
  database: Flags.custom<DatabaseLocation>({
    summary: 'The database: sqlite:fleet.db, a path, or postgres://user@host/name; DATABASE_URL counts too.',
    helpValue: 'URL',
    env: 'KEYTURN_DATABASE',
    required: true,
    noCacheDefault: true,
    default: () => {
      const url = process.env['DATABASE_URL'];
      return Promise.resolve(url === undefined || url === '' ? undefined : parseDatabaseLocation(url));
    },
    parse: (text) => Promise.resolve().then(() => parseDatabaseLocation(text)),
  })(),
  recover: Flags.boolean({
    summary: 'First roll back what a killed process left half written; a run that writes does so unasked.',
  }),
};

const formatForm = 'NAME[:OPTION=VALUE,...]';

/** The format of a key, where no database tells. */
export const formatFlags = {
  format: Flags.string({
    summary: 'The cell format the key is for.',
    helpValue: formatForm,
    default: 'fernet',
  }),
};

/** What cells look like before and after a rotation. */
export const cellFormatFlags = {
  format: Flags.string({
    summary: 'What the cells look like now; by default found out from them.',
    helpValue: formatForm,
  }),
  'to-format': Flags.string({
    summary: 'What the cells shall look like; by default as now.',
    helpValue: formatForm,
  }),
};

/** How a key is named, for help texts. */
export const keyReferenceForms =
  'file:PATH, file:PATH#FIELD, env:NAME, cmd:["PROGRAM","ARGUMENT"], cred:NAME, secret:NAME, prompt:, fd:N or - (stdin)';

/** The keys of a rotation and what its cells look like. */
export const keyFlags = {
  'old-key': Flags.string({
    summary: `The key the cells are under now: ${keyReferenceForms}.`,
    helpValue: 'REF',
    env: 'KEYTURN_OLD_KEY',
    required: true,
  }),
  'new-key': Flags.string({
    summary: `The key the cells shall be under: ${keyReferenceForms}.`,
    helpValue: 'REF',
    env: 'KEYTURN_NEW_KEY',
    required: true,
  }),
  ...cellFormatFlags,
  'renew-timestamps': Flags.boolean({
    summary: 'Give each rewritten cell the present time instead of the time at which it was first sealed.',
  }),
};

/** For tables and columns whose cells are bound to names that they do not have any more. */
const sealedAsFlags = inGroup('selection', {
  'sealed-as': Flags.string({
    summary: 'A table or column that was renamed since its cells were bound to it; may be repeated.',
    helpValue: 'NEW_NAME=OLD_NAME',
    multiple: true,
    multipleNonGreedy: true,
  }),
});

/** The columns of an encryption or a decryption, and the key of their cells. */
export const encryptionFlags = {
  column: Flags.string({
    summary: 'A column to take; may be repeated.',
    helpValue: 'TABLE.COLUMN',
    multiple: true,
    multipleNonGreedy: true,
    required: true,
  }),
  key: Flags.string({
    summary: `The key of the encrypted cells: ${keyReferenceForms}.`,
    helpValue: 'REF',
    required: true,
  }),
  format: Flags.string({
    summary: 'What the encrypted cells look like.',
    helpValue: 'FORMAT',
  }),
  ...sealedAsFlags,
};

/** Keys for a command that knows them from a plan or the ledger. */
export const recordedKeyFlags = {
  'old-key': Flags.string({
    summary: 'Where the old key of the plan is now; needed where it was a literal or a stream.',
    helpValue: 'REF',
  }),
  'new-key': Flags.string({
    summary: 'Where the new key of the plan is now; needed where it was a literal or a stream.',
    helpValue: 'REF',
  }),
};

/** Which columns; without these, all. */
export const columnFlags = inGroup('selection', {
  table: Flags.string({
    summary: 'Only this table; may be repeated.',
    helpValue: 'TABLE',
    multiple: true,
    multipleNonGreedy: true,
  }),
  column: Flags.string({
    summary: 'Only this column, whatever it holds; may be repeated.',
    helpValue: 'TABLE.COLUMN',
    multiple: true,
    multipleNonGreedy: true,
  }),
  exclude: Flags.string({
    summary: 'Not this table or column; may be repeated.',
    helpValue: 'TABLE[.COLUMN]',
    multiple: true,
    multipleNonGreedy: true,
  }),
});

/** Which columns of a rotation; without these, every column that is found to be encrypted. */
export const selectionFlags = {
  ...columnFlags,
  ...inGroup('selection', {
    unrecognised: Flags.option({
      summary:
        'What becomes of values that are no cell of the format: listed as a problem, or left alone; by default they are ' +
        'left alone only where ten of them stand beside each cell.',
      options: ['quarantine', 'leave'] as const,
    })(),
    'repair-plaintext': Flags.boolean({
      summary: 'Encrypt text that is no cell, as an application leaves it that could not encrypt it.',
      exclusive: ['unrecognised'],
    }),
  }),
  ...sealedAsFlags,
};

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
  'update-config': Flags.string({
    summary:
      'Write the new key beside the old one in this field before the first row, and in its place at the end.',
    helpValue: 'file:PATH#FIELD',
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
