import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import { onCopy } from '../support/database-copy.ts';
import type { KeyturnOptions } from '../support/run-keyturn.ts';

const listener = pathToFileURL(join(import.meta.dirname, '..', 'support', 'limit-pages.js')).href;

/** Lets no database have more than so many pages (`PRAGMA max_page_count`): full to the page, without a disk to fill. */
export function withMostPages(pages: number): KeyturnOptions {
  return { env: { NODE_OPTIONS: `--import=${listener}`, KEYTURN_TEST_PAGES: String(pages) } };
}

/** How many pages a database has. */
export function countPages(path: string): number {
  return onCopy(path, (database: DatabaseSync) =>
    Number(database.prepare('PRAGMA page_count').get()?.['page_count']),
  );
}
