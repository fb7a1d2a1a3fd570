import { readFileSync } from 'node:fs';

/** One cell and what it must open to; keys, blobs and plaintexts in hexadecimal, master strings as they are. */
export interface FormatVector {
  readonly name: string;
  /** As after `--format`. */
  readonly format: string;
  readonly key: string;
  readonly cell: { readonly text: string } | { readonly blob: string };
  readonly expect: 'opened' | 'rejected' | 'malformed';
  /** Empty where `expect` is not `opened`. */
  readonly plaintext: string;
}

/** The vectors of `fixtures/vectors/<name>.json`. */
export function readFormatVectors(name: string): readonly FormatVector[] {
  return (readFixture(name) as { readonly vectors: readonly FormatVector[] }).vectors;
}

/** The content of `fixtures/vectors/<name>.json`. */
export function readFixture(name: string): unknown {
  const path = new URL(`../../fixtures/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8'));
}

/** The cell as a database would hold it. */
export function storedCell({ cell }: FormatVector): string | Uint8Array {
  return 'text' in cell ? cell.text : Buffer.from(cell.blob, 'hex');
}
