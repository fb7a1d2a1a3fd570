import validator from 'validator';
import type { Detector } from './detector.ts';

/** A date without its dashes is a number of eight digits. */
const date = /^\d{4}-\d{2}-\d{2}/u;
const punctuation = /[\s().\-/]/gu;

/** With its country in front, as ITU-T E.164 has it: at most 15 digits. Land lines look like this as well as mobile telephones. */
function isInternational(text: string): boolean {
  const digits = text.replace(punctuation, '').length - 1;
  return /^\+[1-9][\d\s().\-/]{7,20}$/u.test(text) && digits >= 8 && digits <= 15;
}

/**
 * A number that some country gives to its telephones. Digits alone are as likely an identifier, so without the
 * plus sign the column's name has to speak of telephones.
 */
export const phoneNumber: Detector = {
  finds: 'phone numbers',
  fieldType: 'phone',
  evidence: 'named',
  columnNames: /phone|mobile|telef|\btel\b|cell(?:ulare|phone)|fax|whatsapp|handy/u,
  detects: (text) =>
    !date.test(text) &&
    (isInternational(text) || validator.isMobilePhone(text.replace(punctuation, ''), 'any')),
};

/** The same, written internationally, which nothing else looks like. */
export const internationalPhoneNumber: Detector = {
  ...phoneNumber,
  evidence: 'many',
  detects: isInternational,
};
