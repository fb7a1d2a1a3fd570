import type { RawFile } from '../../../model/databases/raw-file.ts';
import type { SqliteConnection } from '../connection/connection.ts';

/** What stands at places of the database file: whose page it is, or that it is free. A walk over the whole file. */
export function locatePages(
  { database }: SqliteConnection,
  { kind }: RawFile,
  offsets: readonly number[],
): readonly string[] {
  if (kind === 'log') return offsets.map(() => 'the write-ahead log');
  if (kind === 'journal') return offsets.map(() => 'the rollback journal');
  const pageBytes = Number(database.pragma('page_size', { simple: true }));
  const pages = offsets.map((offset) => Math.floor(offset / pageBytes) + 1);
  const owners = new Map(
    database
      .prepare<[string], { pageno: number; name: string }>(
        'SELECT pageno, name FROM dbstat WHERE pageno IN (SELECT value FROM json_each(?))',
      )
      .all(JSON.stringify([...new Set(pages)]))
      .map(({ pageno, name }) => [pageno, name]),
  );
  return pages.map((page) => {
    const owner = owners.get(page);
    return owner === undefined ? 'free pages' : `pages of "${owner}"`;
  });
}
