import { ofText, type Normaliser } from '../normaliser.ts';

/** The last four of the letters A to Z and digits, in capitals, whatever stands between them. */
export const lastFour: Normaliser = {
  name: 'last-four',
  version: 1,
  finds: 'the same last four letters or digits',
  normalise: ofText((text) => {
    const characters = text.replace(/[^A-Za-z0-9]/gu, '').toUpperCase();
    return characters.length < 4 ? null : characters.slice(-4);
  }),
};
