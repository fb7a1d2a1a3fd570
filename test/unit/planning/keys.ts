import { fernet } from '../../../src/lib/formats/fernet/fernet.ts';
import { SecretKey } from '../../../src/lib/keys/secret-key.ts';
import type { PlannedKey } from '../../../src/lib/model/plans/plan.ts';
import type { RotationCiphers } from '../../../src/lib/planning/rotation-ciphers.ts';
import { sealReference } from '../../support/reference-fernet.ts';

const bytes = {
  old: Buffer.from('an old key of thirty-two bytes!!'),
  new: Buffer.from('the new key of thirty-two bytes!'),
  third: Buffer.from('another system has this key too!'),
} as const;

/** The keys of these tests by role. */
export type KeyRole = keyof typeof bytes;

export const keys = {
  old: new SecretKey(bytes.old),
  new: new SecretKey(bytes.new),
  third: new SecretKey(bytes.third),
} as const;

/** Both states of a rotation. */
export const ciphers: RotationCiphers = {
  old: { format: fernet, cipher: fernet.bind(keys.old) },
  new: { format: fernet, cipher: fernet.bind(keys.new) },
};

/** All forms in which key bytes could give themselves away. */
export const keyTexts: readonly string[] = Object.values(bytes).flatMap((key) => [
  key.toString('latin1'),
  key.toString('base64url'),
  key.toString('base64').replace(/=+$/u, ''),
  key.toString('hex'),
]);

/** A token, sealed by the slow twin. */
export function token(role: KeyRole, plaintext = 'a value'): string {
  return sealReference(bytes[role], Buffer.from(plaintext));
}

/** The same token with one character of its ciphertext changed. */
export function damaged(text: string): string {
  return text.slice(0, 40) + (text.charAt(40) === 'A' ? 'B' : 'A') + text.slice(41);
}

/** A key as a plan names it. */
export function plannedKey(role: KeyRole): PlannedKey {
  return { reference: `file:${role}.key`, id: keys[role].id, checkValue: keys[role].checkValue };
}
