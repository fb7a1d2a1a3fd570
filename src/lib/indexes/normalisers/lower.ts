import { ofText, withoutCase, type Normaliser } from '../normaliser.ts';

/** The text whatever its case, and however its accents are written. */
export const lower: Normaliser = {
  name: 'lower',
  version: 1,
  finds: 'the same text in capital or small letters',
  normalise: ofText(withoutCase),
};
