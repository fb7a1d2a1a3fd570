import type { RawFile, ReadingMeans } from '../../model/databases/raw-file.ts';

/* Part of the public interface, as results.ts is. */

/** `scrub`. */
export interface ScrubResult {
  readonly migration: string;
  readonly database: string;
  /** `checked`: nothing was rewritten. */
  readonly mode: 'scrubbed' | 'checked';
  /**
   * `clean`: nothing of the sample was found. `remains`: something was. `unproven`: there is no sample to search for, or parts
   * of the database could not be searched.
   * `log held`: others kept the log from being emptied.
   */
  readonly state: 'clean' | 'remains' | 'unproven' | 'log held';
  /** Old values that were searched for. */
  readonly samples: number;
  /** Those of them that still stand somewhere. */
  readonly found: number;
  readonly columns: readonly ScrubbedColumn[];
  readonly files: number;
  readonly bytes: number;
  readonly bytesPerSecond: number;
  /** How the files were read: here, by the server, or what the server shows in place of them. */
  readonly means: ReadingMeans;
  /** Parts of the database that could not be read, each with what would let them be searched. */
  readonly unsearched: readonly { readonly place: string; readonly command: string }[];
  /** Where something was found. */
  readonly remains: readonly Remains[];
  /** Processes that keep the log from being emptied. */
  readonly logHeldBy: readonly string[];
  /** Copies that keyturn has made and that are still there. */
  readonly backups: readonly { readonly path: string; readonly bytes: number }[];
  /** Places that keyturn cannot look into. */
  readonly beyondReach: readonly { readonly place: string; readonly command: string }[];
  readonly next: readonly string[];
}

/** A column whose old values were searched for, and those that the sample passed over. */
export interface ScrubbedColumn {
  readonly table: string;
  readonly column: string;
  readonly samples: number;
  readonly found: number;
  readonly short: number;
  readonly repeated: number;
  readonly other: number;
}

/** Old values in one part of a file. */
interface Remains {
  readonly file: string;
  readonly kind: RawFile['kind'];
  /** Whose place it is, in words. */
  readonly place: string;
  readonly found: number;
}
