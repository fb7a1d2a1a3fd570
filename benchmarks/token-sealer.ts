import { randomBytes } from 'node:crypto';
import { fernet } from '../src/lib/formats/fernet/fernet.ts';
import type { SecretKey } from '../src/lib/keys/secret-key.ts';
import type { CellValue } from '../src/lib/model/cells/stored-value.ts';

/** Tokens that a sealer makes at a time. */
export const batchRows = 1000;

/** Makes batches of Fernet tokens of a certain length, of random plaintexts. */
export function createSealer(key: SecretKey, cellLength: number): () => readonly CellValue[] {
  const cipher = fernet.bind(key);
  const plainLength = plaintextLengthOf(cellLength);
  const bytes = randomBytes(plainLength * batchRows);
  const starts = Uint32Array.from({ length: batchRows }, (_, index) => index * plainLength);
  const ends = starts.map((start) => start + plainLength);
  const classes = Array.from({ length: batchRows }, () => 'text' as const);
  return () => cipher.sealBatch({ bytes, starts, ends, timestamps: new BigUint64Array(batchRows) }, classes);
}

/** The longest plaintext whose token has this many characters: 57 bytes around blocks of 16, in base64. */
function plaintextLengthOf(cellLength: number): number {
  const tokenBytes = (cellLength / 4) * 3;
  return Math.floor((tokenBytes - 57) / 16) * 16 - 1;
}

/** A key as its owner writes it. */
export function encodeKey(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('base64').replaceAll('+', '-').replaceAll('/', '_');
}
