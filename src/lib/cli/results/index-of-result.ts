import type { DescribedIndex } from './described-index.ts';

/* Part of the public interface, as results.ts is. */

/** `index-of`. */
export interface IndexOfResult {
  readonly database: string;
  readonly indexes: readonly SearchTermResult[];
  readonly next: readonly string[];
}

/** What to search for by one index. */
export interface SearchTermResult extends DescribedIndex {
  /** What a search finds, in words. */
  readonly finds: string;
  /** The bytes to search for in hexadecimal; `null`: the value has nothing that this index could find. */
  readonly term: string | null;
  /** A condition for `WHERE`, in the database's language; `null` as above. */
  readonly where: string | null;
  /** How many rows match by chance, besides those with the value. */
  readonly strangers: number;
}
