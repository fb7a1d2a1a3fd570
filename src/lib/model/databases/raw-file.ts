/** A file in which a database keeps, or kept, what its tables hold; or what can be read in place of one. */
export interface RawFile {
  readonly path: string;
  readonly kind: 'database' | 'log' | 'journal' | 'table' | 'statistics';
  /** How large it is, or about how large. */
  readonly bytes: number;
  /** The table or index that all of it belongs to, where that is known. */
  readonly owner?: string;
}

/** How the files of a database are read: here, by the server, or what the server shows in place of them. */
export type ReadingMeans = 'local files' | 'server files' | 'relation pages' | 'column statistics';

/** Reads a raw file, wherever it is. */
export interface RawFileReader {
  /** Fills memory with bytes from `position` on, perhaps not all of it; returns how many, 0 at the end. */
  read(memory: Buffer, position: number): Promise<number>;
  close(): Promise<void>;
}
