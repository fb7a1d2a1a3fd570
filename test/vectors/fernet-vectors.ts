import { readFileSync } from 'node:fs';

/** One cell and what an independent program made of it. */
export interface FernetVector {
  readonly name: string;
  readonly cell: { readonly text: string } | { readonly blob: string };
  readonly expect: 'opened' | 'rejected' | 'malformed';
  /** Base64; only where `expect` is `opened`. */
  readonly plaintext?: string;
  /** Whole seconds since 1970, as decimal digits; only where `expect` is `opened`. */
  readonly timestamp?: string;
  /** Base64; only where the specification tells it. */
  readonly iv?: string;
}

/** A file of vectors, all under one key. */
export interface FernetVectorFile {
  /** Base64url. */
  readonly key: string;
  readonly vectors: readonly FernetVector[];
}

/** The files in `fixtures/vectors`. */
export const vectorFileNames = ['fernet-spec', 'fernet-systems', 'fernet-python'] as const;

/** Reads `fixtures/vectors/<name>.json`. */
export function readVectorFile(name: (typeof vectorFileNames)[number]): FernetVectorFile {
  const path = new URL(`../../fixtures/vectors/${name}.json`, import.meta.url);
  return JSON.parse(readFileSync(path, 'utf8')) as FernetVectorFile;
}

/** The cell as a database would hold it. */
export function cellOf({ cell }: Pick<FernetVector, 'cell'>): string | Uint8Array {
  return 'text' in cell ? cell.text : Buffer.from(cell.blob, 'base64');
}
