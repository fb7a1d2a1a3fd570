import { describe, expect, test } from 'vitest';
import { editDocument } from '../../../src/lib/keys/publication/edit-document.ts';
import { editVariables } from '../../../src/lib/keys/publication/edit-variables.ts';

const added = { beside: 'key', name: 'key_next', value: 'NEWER=' } as const;
const changed = { beside: 'key', name: 'key', value: 'NEWER=' } as const;
const removed = { beside: 'key', name: 'key_next', value: null } as const;

describe('a document keeps every other byte', () => {
  test.each([
    ['plain', 'a: 1\nkey: OLD # kept\nb: 2\n', 'a: 1\nkey: OLD # kept\nkey_next: NEWER=\nb: 2\n'],
    ['without a line break at its end', 'key: OLD', 'key: OLD\nkey_next: NEWER='],
    ['with line breaks of Windows', 'key: OLD\r\nb: 2\r\n', 'key: OLD\r\nkey_next: NEWER=\r\nb: 2\r\n'],
    ['in braces', '{key: OLD, b: 2}', '{key: OLD, key_next: NEWER=, b: 2}'],
    ['of JSON on one line', '{"key":"OLD"}', '{"key":"OLD", "key_next": "NEWER="}'],
    [
      'of JSON on lines',
      '{\n  "key": "OLD",\n  "b": 2\n}\n',
      '{\n  "key": "OLD",\n  "key_next": "NEWER=",\n  "b": 2\n}\n',
    ],
  ])('%s', (_, text, expected) => {
    const edited = editDocument(text, [], added);
    expect(edited).toBe(expected);
    expect(editDocument(edited ?? '', [], removed), 'and it can be taken out again').toBe(text);
  });

  test.each([
    ['key: OLD # kept\n', 'key: NEWER= # kept\n'],
    ["key: 'OLD'\n", "key: 'NEWER='\n"],
    ['key: "OLD"', 'key: "NEWER="'],
    ['{"key":"OLD"}', '{"key":"NEWER="}'],
  ])('%j is changed in place', (text, expected) => {
    expect(editDocument(text, [], changed)).toBe(expected);
  });

  test('sections and lists around the field are found, and their indentation is kept', () => {
    expect(editDocument('a:\n    b:\n        - key: OLD\n          c: 1\n', ['a', 'b', '0'], added)).toBe(
      'a:\n    b:\n        - key: OLD\n          key_next: NEWER=\n          c: 1\n',
    );
  });

  test.each(['key: [a, b]\n', 'other: 1\n', 'key: &a OLD\nkey: OLD\n', 'a: [\n'])(
    'what is no line of text is not touched: %j',
    (text) => {
      expect(editDocument(text, [], added)).toBeUndefined();
    },
  );
});

// A value between plain zeros and ones of a hexadecimal key would be a number, 64 digits long.
test('what could be a number gets quotes', () => {
  expect(editDocument('key: OLD\n', [], { ...changed, value: '12e4' })).toBe('key: "12e4"\n');
});

// The quotes of the line went, and a file without a line break at its end got one.
test.each([
  ['# keys\nexport KEY=OLD\nB="a b"\n', 'KEY=NEWER=', 'KEY=OLD\nexport KEY_NEXT=NEWER='],
  ['KEY=OLD # kept\r\nB=1\r\n', 'KEY=NEWER=', 'KEY=OLD # kept\r\nKEY_NEXT=NEWER='],
  ["KEY='OLD#1'#kept", "KEY='NEWER='", "KEY='OLD#1'#kept\nKEY_NEXT='NEWER='"],
  ['B=1\r\n KEY = "OLD" ', 'KEY = "NEWER="', 'KEY = "OLD" \r\n KEY_NEXT = "NEWER="'],
  ['KEY="OLD\n', 'KEY=NEWER=', 'KEY="OLD\nKEY_NEXT=NEWER='],
  ['B=1\nKEY=`OLD`', 'KEY=`NEWER=`', 'KEY=`OLD`\nKEY_NEXT=`NEWER=`'],
])('a file of variables keeps every other byte: %j', (text, line, lines) => {
  const [old = ''] = /KEY ?= ?(?:(?<quote>["'`])OLD.*?\k<quote>|[^ #\n]+)/u.exec(text) ?? [];
  const next = { beside: 'KEY', name: 'KEY_NEXT', value: 'NEWER=' };
  expect(editVariables(text, { ...next, name: 'KEY' })).toBe(text.replace(old, line));
  const edited = editVariables(text, next) ?? '';
  expect(edited).toContain(lines);
  expect(editVariables(edited, { ...next, value: null }), 'and it can be taken out again').toBe(text);
});

test('of two assignments the last one is changed, as it is the one that counts', () => {
  const edit = { beside: 'KEY', name: 'KEY', value: 'NEWER=' };
  expect(editVariables('KEY=1\nKEY=2\n', edit)).toBe('KEY=1\nKEY=NEWER=\n');
  expect(editVariables('A=1\n', { ...edit, name: 'KEY_NEXT' })).toBeUndefined();
});
