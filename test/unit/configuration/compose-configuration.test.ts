import { expect, test } from 'vitest';
import { composeConfiguration } from '../../../src/lib/configuration/compose-configuration.ts';
import { parseConfiguration } from '../../../src/lib/configuration/parse-configuration.ts';
import type { EncryptionWay } from '../../../src/lib/model/columns/exposed-column.ts';

const facts = { database: 'sqlite:fleet.db', oldKey: undefined, newKey: undefined, columns: {} };

test.each([
  [
    ['in place', 'into another column', 'none', 'bound to its column'],
    { columns: ['t.c0'], fieldTypes: ['t.c0=email', 't.c1=email', 't.c3=email'] },
  ],
  [['into another column'], { fieldTypes: ['t.c0=email'] }],
  [['none'], undefined],
  [[], undefined],
] as const)(
  'of columns that can be encrypted %j, those are selected that stay where they are',
  (ways, select) => {
    const exposed = ways.map((encryption: EncryptionWay, index) => ({
      name: `t.c${String(index)}`,
      looksLike: 'e-mail addresses',
      fieldType: 'email' as const,
      sensitivity: 'medium' as const,
      encryption,
      obstacle: null,
    }));
    const text = composeConfiguration({ ...facts, exposed });
    expect(parseConfiguration({ name: 'keyturn.config.yaml', text }).values.select).toEqual(select);
    for (const { name } of exposed) expect(text).toContain(name);
  },
);
