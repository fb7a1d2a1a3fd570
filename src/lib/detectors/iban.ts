import validator from 'validator';
import type { Detector } from './detector.ts';

/** An international bank account number: the form of its country, and a remainder of 1 modulo 97 (ISO 13616). */
export const iban: Detector = {
  finds: 'bank accounts (IBAN)',
  fieldType: 'financial_data',
  evidence: 'each',
  columnNames: /iban|bank_?account|konto/u,
  detects: (text) => /^[a-z]{2}\d{2}[\da-z ]{10,40}$/iu.test(text) && validator.isIBAN(text),
};
