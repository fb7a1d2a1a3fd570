import type { Readable } from 'node:stream';
import { KeyFault } from '../material/key-fault.ts';

/** Far more than any key, and enough for any configuration file; stops `file:/dev/zero`. */
const mostBytes = 1024 * 1024;

/** Reads a stream to its end and wipes the pieces; the caller wipes the result. */
export async function readToEnd(stream: Readable): Promise<Uint8Array> {
  const pieces: Buffer[] = [];
  try {
    let length = 0;
    for await (const piece of stream as AsyncIterable<Buffer>) {
      pieces.push(piece);
      length += piece.length;
      if (length > mostBytes) throw tooLargeFault();
    }
    return Buffer.concat(pieces);
  } finally {
    for (const piece of pieces) piece.fill(0);
  }
}

function tooLargeFault(): KeyFault {
  return new KeyFault({
    code: 'KT_KEY_INVALID',
    reason: 'wrongKey',
    message: 'is larger than 1 MiB: this is not a key',
    hints: ['check that the reference names the key, not a database or a backup'],
  });
}
