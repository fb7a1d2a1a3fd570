import { expect, test } from 'vitest';
import { splitRows } from '../../../src/lib/databases/postgres/connection/binary-rows.ts';

/** A message as a server sends it. */
function message(type: string, content: Uint8Array = Buffer.alloc(0)): Buffer {
  const bytes = Buffer.alloc(5 + content.length);
  bytes.write(type, 'latin1');
  bytes.writeInt32BE(4 + content.length, 1);
  bytes.set(content, 5);
  return bytes;
}

/** A description of one column; its last two bytes are the form. */
function description(form: 'text' | 'binary'): Buffer {
  return message(
    'T',
    Buffer.from([0, 1, 0x61, 0, ...new Array<number>(16).fill(7), 0, form === 'binary' ? 1 : 0]),
  );
}

const row = (text: string): Buffer => message('D', Buffer.from(text));
const [complete, failed, ready, notice] = [message('C'), message('E'), message('Z'), message('N')];

/** What comes of messages that arrive in pieces of one size. */
function split(messages: readonly Buffer[], pieceBytes: number): { passed: Buffer; kept: string[] } {
  const passed: Buffer[] = [];
  const kept: string[] = [];
  const listen = splitRows(
    (bytes) => passed.push(Buffer.from(bytes)),
    (rows) => kept.push(rows.toString('latin1')),
  );
  const bytes = Buffer.concat(messages);
  for (let at = 0; at < bytes.length; at += pieceBytes) listen(bytes.subarray(at, at + pieceBytes));
  return { passed: Buffer.concat(passed), kept };
}

const text = [description('text'), row('one'), row('two'), complete, ready];
const binary = [description('binary'), row('D\0\0\0\0'), notice, row('ZZZZZ'), complete, ready];
const sizes = [1, 2, 3, 4, 5, 6, 7, 11, 23, 64, 1000];

test.each(sizes)(
  'binary rows are kept from the driver and all else is passed on, in pieces of %i bytes',
  (size) => {
    const { passed, kept } = split([...text, ...binary, ...text, ...binary], size);
    expect(kept).toEqual([rowsOf(binary), rowsOf(binary)]);
    const others = binary.filter((one) => one[0] !== 0x44);
    expect(passed).toEqual(Buffer.concat([...text, ...others, ...text, ...others]));
  },
);

test.each(sizes)('rows of a statement that fails are nobody’s, in pieces of %i bytes', (size) => {
  const beforeItsEnd = [description('binary'), row('lost'), failed, ready];
  const atItsEnd = [description('binary'), row('lost'), complete, failed, ready];
  const { kept } = split([...beforeItsEnd, ...binary, ...atItsEnd, ...text], size);
  expect(kept).toEqual([rowsOf(binary)]);
});

test('a statement without rows has none, and those of the next are its own', () => {
  const { kept } = split([description('binary'), complete, ready, ...binary], 1000);
  expect(kept).toEqual(['', rowsOf(binary)]);
});

function rowsOf(messages: readonly Buffer[]): string {
  return Buffer.concat(messages.filter((one) => one[0] === 0x44)).toString('latin1');
}
