import type { Detector } from './detector.ts';

/** A hash of a password is not for us: it cannot be used as it stands. */
const hashed = /^\$(?:2[abxy]|argon2\w*|scrypt|pbkdf2[\w-]*|[156y])\$/u;

/** Passwords look like any text, so the column's name has to tell. */
export const password: Detector = {
  finds: 'passwords',
  fieldType: 'credential',
  evidence: 'named',
  columnNames: /passw|passphrase|\bpwd\b|\bpin\b|\bpsk\b|wi-?fi_?(?:key|pass)/u,
  detects: (text) => !hashed.test(text),
};
