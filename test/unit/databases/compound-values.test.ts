import { describe, expect, test } from 'vitest';
import { arraySyntax } from '../../../src/lib/databases/postgres/compound/array-syntax.ts';
import { jsonSyntax } from '../../../src/lib/databases/postgres/compound/json-syntax.ts';
import {
  readCompound,
  renderCompound,
  type PartSyntax,
} from '../../../src/lib/databases/postgres/compound/part-syntax.ts';
import { wordSyntax } from '../../../src/lib/databases/postgres/compound/word-syntax.ts';

const payload = '{"encrypted": true, "nonce": "n", "ciphertext": "c"}';

function exchange(syntax: PartSyntax, source: string, fresh: string): string {
  const value = readCompound(syntax, source);
  return renderCompound(syntax, { source, parts: value.parts.map((part) => (part === null ? null : fresh)) });
}

describe('a JSON document', () => {
  test.each([
    ['"alone"', ['alone']],
    ['  "a\\"b\\\\\\u00e9\\/"', ['a"b\\é/']],
    ['{"name": "value", "list": ["x", 1, null, {"deep": "y"}]}', ['value', 'x', 'y']],
    ['{"a" : {"b" :"c"}}', ['c']],
    [payload, [payload]],
    [`{"outer": ${payload}, "other": "{"}`, [payload, '{']],
    ['{"encrypted": false, "nonce": "n"}', ['n']],
    ['12.50', []],
    ['{}', []],
  ])('%s has these values', (source, parts) => {
    expect(readCompound(jsonSyntax, source).parts).toEqual(parts);
    expect(renderCompound(jsonSyntax, readCompound(jsonSyntax, source))).toBe(source);
  });

  test('keeps every character around what is exchanged', () => {
    expect(exchange(jsonSyntax, '{"b" :1.50, "a":\t"x"  }', 'q"')).toBe('{"b" :1.50, "a":\t"q\\""  }');
  });

  test('holds an object where an object was, and a text where a text was', () => {
    expect(exchange(jsonSyntax, `[${payload}]`, '{"encrypted":1}')).toBe('[{"encrypted":1}]');
    expect(exchange(jsonSyntax, `[${payload}]`, 'token')).toBe('["token"]');
    expect(exchange(jsonSyntax, '["token"]', payload)).toBe(`[${payload}]`);
    const text = JSON.stringify([payload]);
    expect(exchange(jsonSyntax, text, '{"encrypted":1}')).toBe('["{\\"encrypted\\":1}"]');
  });
});

test.each([
  ['{}', []],
  ['{a,NULL,"NULL","b,\\"c\\\\",""}', ['a', null, 'NULL', 'b,"c\\', '']],
  ['[0:1]={{a,b},{c,d}}', ['a', 'b', 'c', 'd']],
])('an array of texts has these elements: %s', (source, parts) => {
  expect(readCompound(arraySyntax, source).parts).toEqual(parts);
  expect(renderCompound(arraySyntax, readCompound(arraySyntax, source))).toBe(source);
});

test('elements are exchanged where they stand', () => {
  expect(exchange(arraySyntax, '[2:3]={{a,NULL},{"c d",e}}', 'x"\\')).toBe(
    '[2:3]={{"x\\"\\\\",NULL},{"x\\"\\\\","x\\"\\\\"}}',
  );
});

test.each([
  ['"key"=>"gAAAAABkabcdefghijklmnop=="', 'gAAAAABkabcdefghijklmnop=='],
  ['<a>gAAAAABkabcdefghijklmnop==</a>', 'gAAAAABkabcdefghijklmnop=='],
  ['(1,gAAAAABkabcdefghijklmnop)', 'gAAAAABkabcdefghijklmnop'],
  ['password:gAAAAABkabcdefghijklmnop', 'gAAAAABkabcdefghijklmnop'],
  ['{"\\\\x000102030405060708090a0b"}', Buffer.from('000102030405060708090a0b', 'hex')],
])('words that may be cells are found in any text: %s', (source, found) => {
  expect(readCompound(wordSyntax, source).parts).toContainEqual(found);
});
