import type { Readable } from 'node:stream';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { usageError } from '../usage-error.ts';

/** More than any value to search for. */
const mostBytes = 1024 * 1024;

/** Reads the value that is searched for from a stream, without the line break at its end. */
export async function readValue(stream: Readable): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of stream as AsyncIterable<Buffer>) {
    pieces.push(piece);
    length += piece.length;
    if (length > mostBytes)
      throw usageError('the value on stdin is larger than 1 MiB', ['give one value alone']);
  }
  const value = withoutLineBreak(Buffer.concat(pieces));
  if (value.length > 0) return value;
  throw new KeyturnError({
    code: 'KT_NO_VALUE',
    reason: 'usage',
    message: 'no value came on stdin',
    hints: ["printf %s 'Zoe@example.com' | keyturn index-of ...", 'keyturn index-of ... < value.txt'],
  });
}

function withoutLineBreak(value: Buffer): Buffer {
  const text = value.toString('latin1');
  return value.subarray(0, text.length - (/\r?\n$/u.exec(text)?.[0].length ?? 0));
}
