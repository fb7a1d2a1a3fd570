import type { Detector } from './detector.ts';

/** Where somebody lives looks like any text, so the column's name has to tell; network addresses do not count. */
export const postalAddress: Detector = {
  finds: 'addresses of people',
  fieldType: 'personal_data',
  evidence: 'named',
  columnNames: /(?:^|_)(?:address|street|indirizzo|strasse)(?:$|_)/u,
  detects: (text) => /\p{L}{2}/u.test(text) && text.includes(' '),
};
