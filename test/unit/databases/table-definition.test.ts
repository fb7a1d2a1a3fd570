import { expect, test } from 'vitest';
import { defaultIn, withoutDefault } from '../../../src/lib/databases/sqlite/schema/table-definition.ts';

test.each([
  [
    "at TEXT CONSTRAINT now DEFAULT (datetime('now', '(')) UNIQUE",
    "DEFAULT (datetime('now', '('))",
    'at TEXT UNIQUE',
  ],
  ['n INTEGER DEFAULT - 7 NOT NULL', 'DEFAULT - 7', 'n INTEGER NOT NULL'],
  ["t DEFAULT 'it''s' -- why", "DEFAULT 'it''s'", 't -- why'],
  ['"default" TEXT', undefined, '"default" TEXT'],
  ['at TEXT DEFAULT CURRENT_TIMESTAMP', 'DEFAULT CURRENT_TIMESTAMP', 'at TEXT'],
])('the default of %s is taken out', (definition, found, rest) => {
  expect(defaultIn(definition)).toBe(found);
  expect(withoutDefault(definition)).toBe(rest);
});
