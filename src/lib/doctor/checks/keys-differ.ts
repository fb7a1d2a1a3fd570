import { fail, ok, type Check } from '../check.ts';

/** A key that serves two purposes falls with either of them; old and new key have to differ anyway. */
export const keysDiffer: Check = {
  name: 'separate keys',
  databases: ['sqlite', 'postgres'],
  examine({ keys, sameKeys }) {
    const loaded = keys.filter(({ id }) => id !== null);
    if (loaded.length < 2) return Promise.resolve([]);
    if (sameKeys.length === 0) return Promise.resolve([ok('the named keys are different keys')]);
    return Promise.resolve(
      sameKeys.map(([one, other]) =>
        fail(
          `the ${one} key and the ${other} key are the same key`,
          'keyturn keys generate --output file:new.key',
        ),
      ),
    );
  },
};
