import { describe, expect, test } from 'vitest';
import { countingKey, load, loadError, randomKeyText } from './samples.ts';
import { temporaryFile } from './temporary-folder.ts';

const yaml = `
server:
  port: 8768
  db_encryption_key: "${countingKey.text}"   # at rest
  empty: ""
  none:
  keys: [${randomKeyText.standard}, ${countingKey.text}]
  with.dot: ${countingKey.text}
defaults: &defaults
  inherited: ${countingKey.text}
agent:
  <<: *defaults
`;

/** Writes the content to a file and refers to a field of it; `place` is the file's name and the pointer. */
function referTo(place: string, content: string | Uint8Array): string {
  const [name = '', pointer = ''] = place.split('#');
  return `file:${temporaryFile(name, content)}#${pointer}`;
}

describe('a pointer names a string', () => {
  test.each([
    ['config.yaml#server.db_encryption_key', yaml],
    ['config.yml#/server/db_encryption_key', yaml],
    ['config.yaml#server.keys.1', yaml],
    ['config.yaml#/server/with.dot', yaml],
    ['config.yaml#agent.inherited', yaml],
    ['config.conf#server.db_encryption_key', yaml],
    ['config.json#/a/b~1c~0', JSON.stringify({ a: { 'b/c~': countingKey.text } }, null, '\t')],
    ['.env#OLD_KEY', `# keys\nexport OLD_KEY="${countingKey.text}"\nB=1\n`],
    ['.env.production#OLD_KEY', `OLD_KEY=${countingKey.text}\n`],
    ['server.env#OLD_KEY', `OLD_KEY='${countingKey.text}'\n`],
    ['default#OLD_KEY', `A=1\nOLD_KEY=${countingKey.text}\n`],
    ['.env#OLD_KEY', `\uFEFFOLD_KEY=${countingKey.text}\r\n`],
    ['config.yaml#server.db_encryption_key', `\uFEFF${yaml}`],
  ])('%s', async (place, content) => {
    const { key } = await load(referTo(place, content));
    expect(key.checkValue).toBe(countingKey.checkValue);
  });

  test('in another encoding', async () => {
    const path = temporaryFile('.env', `OLD_KEY=${countingKey.hexadecimal}`);
    expect((await load(`file:${path}#OLD_KEY?enc=hex`)).key.checkValue).toBe(countingKey.checkValue);
  });
});

test.each([
  ['with its mark', '\uFEFF', 'UTF-16'],
  ['without it', '', 'UTF-16LE'],
])('a file in UTF-16, %s, is told by that, with what converts it', async (_, mark, name) => {
  const error = await loadError(
    referTo('config.yaml#server.db_encryption_key', Buffer.from(mark + yaml.trim(), 'utf16le')),
  );
  expect(error).toMatchObject({ code: 'KT_KEY_UNREADABLE', exitCode: 12 });
  expect(error.message).toContain('is written in UTF-16');
  expect(error.hints.join('\n')).toContain(`iconv -f ${name} -t UTF-8 `);
});

describe('a pointer that leads nowhere says how far it came', () => {
  test.each([
    ['config.yaml#database.key', yaml, /config\.yaml" has no field "database"$/],
    ['config.yaml#server.db_key', yaml, /"server" in file ".*config\.yaml" has no field "db_key"$/],
    ['config.yaml#server.port.x', yaml, /"server\.port" in file ".*" has no field "x"$/],
    ['config.yaml#server.constructor', yaml, /has no field "constructor"$/],
    ['config.yaml#server.port', yaml, /field "server\.port" of file ".*" is a number, not a string$/],
    ['config.yaml#server', yaml, /is a section, not a string$/],
    ['config.yaml#server.keys', yaml, /is a list, not a string$/],
    ['config.yaml#server.empty', yaml, /field "server\.empty" of file ".*" is empty$/],
    ['config.yaml#server.none', yaml, /is empty$/],
    ['.env#OLD_KEY', 'A=1\nB=', /\.env" has no variable "OLD_KEY"$/],
    ['.env#B', 'A=1\nB=', /field "B" of file ".*\.env" is empty$/],
    ['.env#toString', 'A=1', /has no variable "toString"$/],
    ['key.yaml#key', countingKey.text, /key\.yaml" has no field "key"$/],
  ])('%s', async (place, content, message) => {
    const error = await loadError(referTo(place, content));
    expect(error).toMatchObject({ code: 'KT_KEY_MISSING', exitCode: 12 });
    expect(error.message).toMatch(message);
    expect(error.hints.join()).not.toBe('');
  });

  test.each([
    ['config.yaml#server.db_encryption_kye', yaml],
    ['config.json#/server/db_encryption', JSON.stringify({ server: { db_encryption_key: '' } })],
    ['.env#db_encryptoin_key', 'A=1\ndb_encryption_key=x'],
  ])('and what may have been meant: %s', async (place, content) => {
    const { hints } = await loadError(referTo(place, content));
    expect(hints[0]).toBe('did you mean "db_encryption_key"?');
  });

  test('but never a key that stands where a name is expected', async () => {
    const error = await loadError(referTo('.env#' + countingKey.text.slice(0, 20), countingKey.text));
    expect(JSON.stringify([error.message, error.hints])).not.toContain(countingKey.text.slice(20, 40));
  });

  test.each([
    ['config.yaml', `a: 1\nkey: "${countingKey.text}\n`, /\(line \d, MISSING_CHAR\)$/],
    ['config.yaml', `a: 1\na: ${countingKey.text}\n`, /\(line 2, DUPLICATE_KEY\)$/],
    ['config.yaml', `a: *${countingKey.hexadecimal}\n`, /\(an alias without an anchor\)$/],
    ['config.json', `{"a": "${countingKey.text}" "b": 1}`, /\(line 1, [A-Z_]+\)$/],
  ])('a broken %s is named with the line, never quoted (%#)', async (name, content, message) => {
    const error = await loadError(`file:${temporaryFile(name, content)}#key`);
    expect(error).toMatchObject({ code: 'KT_KEY_UNREADABLE', exitCode: 12 });
    expect(error.message).toMatch(message);
    expect(error.cause).toBeUndefined();
  });
});
