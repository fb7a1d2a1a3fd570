import { createHmac } from 'node:crypto';
import { testKeys } from './fleet-database.ts';

/** What a blind index is computed from, under the third key of a scene. */
export interface ReferenceIndex {
  readonly table: string;
  readonly column: string;
  /** With its version, `lower/1`. */
  readonly normaliser: string;
  readonly bytes: number;
}

/** A blind index put together by hand, in hexadecimal; `normalised` is what the normaliser leaves of the value. */
export function referenceIndex(
  { table, column, normaliser, bytes }: ReferenceIndex,
  normalised: string,
  key: Uint8Array = testKeys.third,
): string {
  const parts = [table, column, normaliser].map((text) => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(Buffer.byteLength(text));
    return Buffer.concat([Buffer.from('t'), length, Buffer.from(text)]);
  });
  const info = Buffer.concat([Buffer.from('keyturn/bidx/v1'), ...parts, Buffer.of(1)]);
  const derived = createHmac('sha256', key).update(info).digest();
  return createHmac('sha256', derived).update(normalised).digest().subarray(0, bytes).toString('hex');
}
