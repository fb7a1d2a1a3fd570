import { countedText } from '../../model/texts/counted-text.ts';
import { fail, ok, warn, type Check } from '../check.ts';

/** Whether the named keys open what stands in the database; a sample of each column. */
export const keySample: Check = {
  name: 'key sample',
  databases: ['sqlite', 'postgres'],
  examine({ sample }) {
    if (sample === null) return Promise.resolve([]);
    const opened = sample.reduce((sum, column) => sum + column.opened, 0);
    const strange = sample.filter(({ unknown }) => unknown > 0);
    if (opened === 0 && strange.length === 0) {
      return Promise.resolve([warn('no encrypted cell was found', 'keyturn plan --column TABLE.COLUMN')]);
    }
    if (opened === 0) {
      const fix = 'is it the right database, and the right key? keyturn keys inspect REF';
      return Promise.resolve([fail('the named keys open no cell of this database', fix)]);
    }
    const findings = strange.map(({ table, column, unknown }) =>
      warn(
        `${countedText(unknown, 'sampled cell opens', 'sampled cells open')} under none of the keys: ${table}.${column}`,
        'keyturn verify',
      ),
    );
    return Promise.resolve([
      ok(countedText(opened, 'sampled cell opens', 'sampled cells open')),
      ...findings,
    ]);
  },
};
