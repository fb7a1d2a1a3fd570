import type { Detector } from './detector.ts';

/** Names look like any text, so the column's name has to tell. */
export const personalName: Detector = {
  finds: 'names of people',
  fieldType: 'personal_data',
  evidence: 'named',
  columnNames: /(?:full|first|last|middle|maiden|family|given|sur)_?name|cognome|nachname|vorname/u,
  detects: (text) => /\p{L}{2}/u.test(text),
};
