import isMobilePhone from 'validator/lib/isMobilePhone.js';
import type { Detector } from './detector.ts';

const punctuation = /[\s().\-/]/gu;

/**
 * A number that some country gives to its telephones. Digits alone are as likely an identifier, so without the
 * plus sign the column's name has to speak of telephones.
 */
export const phoneNumber: Detector = {
  finds: 'phone numbers',
  fieldType: 'phone',
  evidence: 'named',
  columnNames: /phone|mobile|telef|\btel\b|cell(?:ulare|phone)|fax|whatsapp|handy/u,
  detects: (text) => isMobilePhone.default(text.replace(punctuation, ''), 'any'),
};

/** The same, written internationally, which nothing else looks like. */
export const internationalPhoneNumber: Detector = {
  ...phoneNumber,
  evidence: 'many',
  detects: (text) => /^\+[1-9][\d\s().\-/]{7,20}$/u.test(text) && phoneNumber.detects(text),
};
