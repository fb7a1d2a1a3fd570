import { fc, test as property } from '@fast-check/vitest';
import { expect, test } from 'vitest';
import { parseColumnName, renderColumnName } from '../../../src/lib/model/columns/column-name.ts';

const name = fc.oneof(
  fc.string({ minLength: 1 }),
  fc.string({ minLength: 1, unit: fc.constantFrom('"', '.', 'a', ' ', "'", 'é') }),
);

property.prop([name, fc.option(name, { nil: undefined })])(
  'a name that was written can be read again, whatever is in it',
  (table, column) => {
    const named = column === undefined ? { table } : { table, column };
    expect(parseColumnName(renderColumnName(named))).toEqual(named);
  },
);

test.each([
  ['machines', { table: 'machines' }],
  ['machines.info', { table: 'machines', column: 'info' }],
  ['"my.table".info', { table: 'my.table', column: 'info' }],
  ['my table."a ""b"""', { table: 'my table', column: 'a "b"' }],
  ['a.b.c', undefined],
  ['', undefined],
  ['a.', undefined],
  ['"a', undefined],
])('%s is read', (text, named) => {
  expect(parseColumnName(text)).toEqual(named);
});
