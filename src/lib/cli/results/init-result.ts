import type { ExposedColumn } from '../../model/columns/exposed-column.ts';

/** `init`; part of the public interface like every result in `results.ts`. */
export interface InitResult {
  /** The file that was written. */
  readonly path: string;
  /** References; `null` where no place is known. */
  readonly oldKey: string | null;
  readonly newKey: string | null;
  /** Encrypted columns by cell format, as `TABLE.COLUMN`. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** With `--from-scan`: columns with personal data or secrets in plaintext, the most harmful first. */
  readonly exposed: readonly ExposedColumn[];
  readonly next: readonly string[];
}
