import { lstatSync, type Stats } from 'node:fs';

/** A file that belongs to a SQLite database. */
export interface DatabaseFile {
  readonly path: string;
  readonly stats: Stats;
}

/** The database itself and the files beside it that SQLite keeps part of its content in, as far as they exist. */
export function databaseFiles(location: string): readonly DatabaseFile[] {
  return ['', '-wal', '-shm', '-journal'].flatMap((suffix) => {
    const path = location + suffix;
    const stats = lstatSync(path, { throwIfNoEntry: false });
    return stats ? [{ path, stats }] : [];
  });
}
