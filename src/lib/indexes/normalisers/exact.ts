import type { Normaliser } from '../normaliser.ts';

/** The value as it is, byte for byte. */
export const exact: Normaliser = {
  name: 'exact',
  version: 1,
  finds: 'the same value',
  normalise: (content) => content,
};
