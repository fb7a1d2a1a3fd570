import validator from 'validator';
import type { Detector } from './detector.ts';

/** The Italian tax number of a person: sixteen characters, the last of which is computed from the others. */
export const codiceFiscale: Detector = {
  finds: 'Italian tax numbers (Codice Fiscale)',
  fieldType: 'tax_id',
  evidence: 'each',
  columnNames: /codice_?fiscale|\bcf\b|tax_?(?:id|code|number)/u,
  detects: (text) => /^[a-z]{6}[\da-z]{10}$/iu.test(text) && validator.isTaxID(text.toUpperCase(), 'it-IT'),
};
