import { Flags } from '@oclif/core';

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
