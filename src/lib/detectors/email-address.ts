import validator from 'validator';
import type { Detector } from './detector.ts';

/** An address with a domain that has a dot; local names without one are rarely people's. */
export const emailAddress: Detector = {
  finds: 'e-mail addresses',
  fieldType: 'email',
  evidence: 'each',
  columnNames: /e[-_ ]?mail/u,
  detects: (text) => text.includes('@') && validator.isEmail(text),
};
