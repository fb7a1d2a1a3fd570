import type { OtherProcess } from '../model/databases/other-process.ts';
import type { RawFile, RawFileReader, ReadingMeans } from '../model/databases/raw-file.ts';

/**
 * Removes what is left of old values where no statement reaches: free pages, logs, dead rows, statistics. Everything
 * can be done again, and killed at any instant it leaves a database whose content is what it was.
 */
export interface Scrubber {
  /** What rewriting takes, and what it means for others. Reads only. Throws `KT_DISK_FULL` where there is no room. */
  examine(tables: readonly string[]): Promise<ScrubOutlook>;
  /** Rewrites everything in which old values of these tables may be left, except logs. Exit 75 where others keep it locked. */
  rewrite(tables: readonly string[], timeoutMilliseconds: number): Promise<void>;
  /** Empties the log; waits for those who still read from it. */
  emptyLog(timeoutMilliseconds: number): Promise<LogEnd>;
  /** The files in which old values may be left, as far as they can be read from here. */
  reach(tables: readonly string[]): Promise<Reach>;
  /** What stands at places of a file, in words: a table, an index, a free page. One answer for each place. */
  locate(file: RawFile, offsets: readonly number[]): Promise<readonly string[]>;
  /** Where else old values may be, which is out of reach from here. */
  beyondReach(): Promise<readonly OutOfReach[]>;
}

/** What a scrub is going to do. */
export interface ScrubOutlook {
  /** Room that rewriting needs for a while, in bytes. */
  readonly neededBytes: number;
  /** What others will notice, a sentence each. */
  readonly consequences: readonly string[];
}

/** Whether the log is empty, or who keeps it from being so. */
export type LogEnd =
  { readonly kind: 'empty' } | { readonly kind: 'held'; readonly by: readonly OtherProcess[] };

/** What of a database can be searched. */
export interface Reach {
  readonly means: ReadingMeans;
  readonly files: readonly RawFile[];
  /** Parts of the database that cannot be read from here, each with what would let them be searched. */
  readonly unread: readonly OutOfReach[];
  /** Opens one of the files; `null` where it is gone by now. */
  open(file: RawFile): Promise<RawFileReader | null>;
}

/** A place that keyturn cannot look into, and the command that deals with it. */
export interface OutOfReach {
  readonly place: string;
  readonly command: string;
}
