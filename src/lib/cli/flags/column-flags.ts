import { Flags } from '@oclif/core';
import { inGroup } from './flag-group.ts';
import { keyReferenceForms } from './key-flags.ts';

/** For tables and columns whose cells are bound to names that they do not have any more. */
const sealedAsFlags = inGroup('selection', {
  'sealed-as': Flags.string({
    summary: 'A table or column that was renamed since its cells were bound to it; may be repeated.',
    helpValue: 'NEW_NAME=OLD_NAME',
    multiple: true,
    multipleNonGreedy: true,
  }),
});

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
        'What to do with values that are no cell of the format: list them as a problem, or leave them alone; by default they are ' +
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
