import { ofText, type Normaliser } from '../normaliser.ts';

/** The digits 0 to 9 alone: a telephone number however it is written. */
export const digits: Normaliser = {
  name: 'digits',
  version: 1,
  finds: 'the same digits, whatever stands between them',
  normalise: ofText((text) => {
    const found = text.replace(/[^0-9]/gu, '');
    return found === '' ? null : found;
  }),
};
