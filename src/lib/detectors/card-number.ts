import validator from 'validator';
import type { Detector } from './detector.ts';

/** A payment card number: an issuer's range, and a check digit by Luhn's algorithm (ISO/IEC 7812). */
export const cardNumber: Detector = {
  finds: 'payment card numbers',
  fieldType: 'financial_data',
  evidence: 'many',
  columnNames: /card|\bpan\b|credit/u,
  detects: (text) => /^[\d -]{13,23}$/u.test(text) && validator.isCreditCard(text),
};
