import { Flags } from '@oclif/core';
import { inGroup } from './flag-group.ts';
import { keyReferenceForms } from './key-flags.ts';

/** The key of blind indexes, for a command that knows which indexes there are. */
export const indexKeyFlags = inGroup('blind index', {
  'index-key': Flags.string({
    summary: `The key of the blind indexes, never that of the cells: ${keyReferenceForms}.`,
    helpValue: 'REF',
    env: 'KEYTURN_INDEX_KEY',
  }),
});

/** The key that blind indexes are taken to, beside a rotation of the cells. */
export const newIndexKeyFlags = inGroup('blind index', {
  'new-index-key': Flags.string({
    summary:
      'Take the blind indexes of the columns to this key, too: new ones are written beside them, and take their columns with "keyturn finalize".',
    helpValue: 'REF',
  }),
});

/** What columns that are to be encrypted hold. */
export const fieldTypeFlags = inGroup('blind index', {
  as: Flags.string({
    summary:
      'What a column holds: email, phone, tax_id, personal_data, financial_data, query or credential; with --index-key ' +
      'it gets the usual blind index, and with ",last-four" one by its last four characters; may be repeated.',
    helpValue: 'TABLE.COLUMN=FIELD_TYPE',
    multiple: true,
    multipleNonGreedy: true,
  }),
});

/** Blind indexes of columns that are to be encrypted. */
export const blindIndexFlags = {
  ...inGroup('blind index', {
    'blind-index': Flags.string({
      summary:
        'Write what searches need into a column beside the cells: exact, lower, last-four, domain or digits, ' +
        'with bits=N, unique or column=NAME behind commas; may be repeated.',
      helpValue: 'TABLE.COLUMN:NORMALISER',
      multiple: true,
      multipleNonGreedy: true,
    }),
  }),
  ...indexKeyFlags,
};
