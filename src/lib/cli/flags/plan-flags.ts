import { Flags } from '@oclif/core';
import { usageError } from '../usage-error.ts';
import { blindIndexFlags, fieldTypeFlags, newIndexKeyFlags } from './index-flags.ts';
import { keyFlags, keyReferenceForms } from './key-flags.ts';

const columns = {
  helpValue: 'TABLE.COLUMN',
  multiple: true,
  multipleNonGreedy: true,
} as const;

/** What a plan is for: a rotation, which needs both keys, or the encryption or decryption of some columns with one. */
export const planFlags = {
  ...keyFlags,
  'old-key': Flags.string({
    summary: `The key the cells are under now: ${keyReferenceForms}.`,
    helpValue: 'REF',
    env: 'KEYTURN_OLD_KEY',
  }),
  'new-key': Flags.string({
    summary: `The key the cells shall be under: ${keyReferenceForms}.`,
    helpValue: 'REF',
    env: 'KEYTURN_NEW_KEY',
  }),
  encrypt: Flags.string({
    summary: 'Plan to encrypt this plaintext column instead; may be repeated.',
    ...columns,
    dependsOn: ['key'],
    exclusive: ['decrypt'],
  }),
  decrypt: Flags.string({
    summary: 'Plan to decrypt this column instead; may be repeated.',
    ...columns,
    dependsOn: ['key'],
  }),
  key: Flags.string({
    summary: 'With --encrypt or --decrypt: the key of the encrypted cells.',
    helpValue: 'REF',
  }),
  into: Flags.string({
    summary: 'With --encrypt: the columns that take the cells; without it, each column takes its own.',
    helpValue: "'{column}_encrypted'",
    dependsOn: ['encrypt'],
  }),
  ...fieldTypeFlags,
  ...blindIndexFlags,
  ...newIndexKeyFlags,
};

/** The keys of a rotation. Throws where one is missing (exit 2). */
export function requireBothKeys<Named extends Partial<Record<'old-key' | 'new-key', string | undefined>>>(
  flags: Named,
): Named & Record<'old-key' | 'new-key', string> {
  const { 'old-key': oldKey, 'new-key': newKey } = flags;
  if (oldKey !== undefined && newKey !== undefined) return { ...flags, 'old-key': oldKey, 'new-key': newKey };
  const missing = oldKey === undefined ? '--old-key' : '--new-key';
  throw usageError(`${missing} is missing`, [
    'to rotate: --old-key env:OLD --new-key file:new.key',
    'to encrypt plaintext: --encrypt TABLE.COLUMN --key file:data.key',
  ]);
}
