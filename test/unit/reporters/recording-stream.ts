import { PassThrough } from 'node:stream';
import type { ProgressStream } from '../../../src/lib/reporters/safe-output.ts';

/** A stream that remembers what was written to it. */
export type RecordingStream = ProgressStream & { readonly text: () => string };

/** A terminal of that width, or, without a width, a file. */
export function recordingStream(columns?: number): RecordingStream {
  const stream = new PassThrough();
  const chunks: string[] = [];
  stream.on('data', (chunk: Buffer) => chunks.push(chunk.toString('utf8')));
  return Object.assign(stream, {
    text: () => chunks.join(''),
    ...(columns !== undefined && { isTTY: true, columns }),
  });
}

/** Lines as a terminal shows them at the end, if none is wider than it: `\r` and erasing are obeyed. */
export function shownLines(text: string): readonly string[] {
  return text.split('\n').map((line) => {
    const drawn = line.split('\r').at(-1) ?? '';
    return drawn.replaceAll('\u001b[0K', '').replaceAll('\u001b[2K', '');
  });
}
