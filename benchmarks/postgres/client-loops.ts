import type { Client } from 'pg';
import { onClient } from '../../test/support/postgres/on-client.ts';
import { openReference, sealReference } from '../../test/support/reference-fernet.ts';
import type { BenchmarkKeys } from '../key-files.ts';

/** Rows a script fetches, rewrites and commits at a time. */
const batchRows = 1000;

interface TokenRow {
  readonly id: string;
  readonly cell: string | Buffer;
}

/**
 * What a careful person writes in an afternoon: keyset pages, one value after the other through node:crypto, one UPDATE
 * with a list of values for a page, a commit for each. A value takes as long as in Python's `MultiFernet.rotate`: 28.5 and 29 to
 * 30 microseconds of CPU on one machine. Returns how many rows it has rewritten.
 */
export async function rewriteByPages(url: string, keys: BenchmarkKeys): Promise<number> {
  return onClient(url, async (client) => {
    const types = await columnTypes(client);
    let rewritten = 0;
    for (let page = await readPage(client, undefined); page.length > 0;) {
      const values = page.flatMap(({ id, cell }) => [id, rotate(cell, keys)]);
      const places = page.map((_, row) => `($${2 * row + 1}::${types.id}, $${2 * row + 2}::${types.cell})`);
      await client.query('BEGIN');
      await client.query(
        `UPDATE cells SET cell = fresh.cell FROM (VALUES ${places.join(', ')}) AS fresh(id, cell) WHERE cells.id = fresh.id`,
        values,
      );
      await client.query('COMMIT');
      rewritten += page.length;
      page = await readPage(client, page.at(-1)?.id);
    }
    return rewritten;
  });
}

/** Row by row, over some rows at the beginning: `together` in a transaction for each page, or each on its own. */
export async function rewriteRowByRow(
  url: string,
  keys: BenchmarkKeys,
  { rows, commits }: { readonly rows: number; readonly commits: 'together' | 'each' },
): Promise<number> {
  return onClient(url, async (client) => {
    let rewritten = 0;
    for (let page = await readPage(client, undefined); page.length > 0 && rewritten < rows;) {
      if (commits === 'together') await client.query('BEGIN');
      for (const { id, cell } of page) {
        await client.query('UPDATE cells SET cell = $2 WHERE id = $1', [id, rotate(cell, keys)]);
      }
      if (commits === 'together') await client.query('COMMIT');
      rewritten += page.length;
      page = await readPage(client, page.at(-1)?.id);
    }
    return rewritten;
  });
}

async function readPage(client: Client, after: string | undefined): Promise<readonly TokenRow[]> {
  const behind = after === undefined ? '' : 'WHERE id > $1';
  const { rows } = await client.query<TokenRow>(
    `SELECT id, cell FROM cells ${behind} ORDER BY id LIMIT ${batchRows}`,
    after === undefined ? [] : [after],
  );
  return rows;
}

async function columnTypes(client: Client): Promise<{ readonly id: string; readonly cell: string }> {
  const { rows } = await client.query<{ readonly id: string; readonly cell: string }>(
    'SELECT pg_typeof(id)::text AS id, pg_typeof(cell)::text AS cell FROM cells LIMIT 1',
  );
  return rows[0] ?? { id: 'bigint', cell: 'text' };
}

function rotate(cell: string | Buffer, { oldKey, newKey }: BenchmarkKeys): string | Buffer {
  const opened = openReference(oldKey, cell);
  if (opened.outcome !== 'opened') throw new Error('a token does not open');
  const token = sealReference(newKey, opened.plaintext, { timestamp: opened.timestamp });
  return typeof cell === 'string' ? token : Buffer.from(token);
}
