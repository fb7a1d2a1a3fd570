import type { KeySource } from '../key-source.ts';
import { missingKeyFault } from '../material/key-fault.ts';

/** The key itself on the command line, as operators expect it to work; `loadKey` warns about it. */
export const literalSource: KeySource = {
  scheme: 'literal',
  forms: [],
  locate(text) {
    if (text === '') {
      throw missingKeyFault('the key reference is empty: was a shell variable not set?', [
        'write env:NAME or file:PATH instead of the key itself',
      ]);
    }
    return {
      display: 'literal key',
      durability: 'volatile',
      stored: undefined,
      read: () => ({ bytes: Buffer.from(text, 'utf8'), warnings: [] }),
    };
  },
};
