import { describe, expect, test } from 'vitest';
import { editDocument } from '../../../src/lib/keys/publication/edit-document.ts';
import { editVariables } from '../../../src/lib/keys/publication/edit-variables.ts';

const added = { beside: 'key', name: 'key_next', value: 'NEW' } as const;
const changed = { beside: 'key', name: 'key', value: 'NEW' } as const;
const removed = { beside: 'key', name: 'key_next', value: null } as const;

describe('a document keeps every other byte', () => {
  test.each([
    ['plain', 'a: 1\nkey: OLD # kept\nb: 2\n', 'a: 1\nkey: OLD # kept\nkey_next: "NEW"\nb: 2\n'],
    ['without a line break at its end', 'key: OLD', 'key: OLD\nkey_next: "NEW"'],
    ['with line breaks of Windows', 'key: OLD\r\nb: 2\r\n', 'key: OLD\r\nkey_next: "NEW"\r\nb: 2\r\n'],
    ['in braces', '{key: OLD, b: 2}', '{key: OLD, key_next: "NEW", b: 2}'],
    ['of JSON on one line', '{"key":"OLD"}', '{"key":"OLD", "key_next": "NEW"}'],
    [
      'of JSON on lines',
      '{\n  "key": "OLD",\n  "b": 2\n}\n',
      '{\n  "key": "OLD",\n  "key_next": "NEW",\n  "b": 2\n}\n',
    ],
  ])('%s', (_, text, expected) => {
    const edited = editDocument(text, [], added);
    expect(edited).toBe(expected);
    expect(editDocument(edited ?? '', [], removed), 'and it can be taken out again').toBe(
      text === 'key: OLD' ? 'key: OLD\n' : text,
    );
  });

  test.each([
    ['key: OLD # kept\n', 'key: "NEW" # kept\n'],
    ["key: 'OLD'\n", 'key: "NEW"\n'],
    ['{"key":"OLD"}', '{"key":"NEW"}'],
  ])('%j is changed in place', (text, expected) => {
    expect(editDocument(text, [], changed)).toBe(expected);
  });

  test('sections and lists around the field are found, and their indentation is kept', () => {
    expect(editDocument('a:\n    b:\n        - key: OLD\n          c: 1\n', ['a', 'b', '0'], added)).toBe(
      'a:\n    b:\n        - key: OLD\n          key_next: "NEW"\n          c: 1\n',
    );
  });

  test.each(['key: [a, b]\n', 'other: 1\n', 'key: &a OLD\nkey: OLD\n', 'a: [\n'])(
    'what is no line of text is not touched: %j',
    (text) => {
      expect(editDocument(text, [], added)).toBeUndefined();
    },
  );
});

test('a file of variables keeps every other byte', () => {
  const text = '# keys\nexport KEY=OLD\nOTHER="a b"\n';
  const next = { beside: 'KEY', name: 'KEY_NEXT', value: 'NEW=' };
  const edited = editVariables(text, next);
  expect(edited).toBe('# keys\nexport KEY=OLD\nexport KEY_NEXT=NEW=\nOTHER="a b"\n');
  expect(editVariables(edited ?? '', { ...next, value: null })).toBe(text);
  expect(editVariables(text, { beside: 'KEY', name: 'KEY', value: 'N' })).toContain('export KEY=N\n');
  expect(editVariables(text, { ...next, beside: 'NONE' })).toBeUndefined();
});

test.each([
  ['KEY=OLD # kept\r\nB=1\r\n', 'KEY=NEW= # kept\r\nB=1\r\n', 'KEY=OLD # kept\r\nKEY_NEXT=NEW=\r\nB=1\r\n'],
  ["KEY='OLD#1'#kept", 'KEY=NEW=#kept', "KEY='OLD#1'#kept\nKEY_NEXT=NEW=\n"],
  ['export KEY = "OLD"\n', 'export KEY =NEW=\n', 'export KEY = "OLD"\nexport KEY_NEXT =NEW=\n'],
  ['KEY="OLD\n', 'KEY=NEW=\n', 'KEY="OLD\nKEY_NEXT=NEW=\n'],
])('the comment behind a value stays with its variable: %j', (text, changedText, addedText) => {
  expect(editVariables(text, { beside: 'KEY', name: 'KEY', value: 'NEW=' })).toBe(changedText);
  expect(editVariables(text, { beside: 'KEY', name: 'KEY_NEXT', value: 'NEW=' })).toBe(addedText);
});
