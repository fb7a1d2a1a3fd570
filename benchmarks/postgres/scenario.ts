import { randomUUID } from 'node:crypto';
import type { Client } from 'pg';
import {
  encodeByteaArray,
  encodeTextArray,
} from '../../src/lib/databases/postgres/connection/binary-array.ts';
import { SecretKey } from '../../src/lib/keys/secret-key.ts';
import type { BenchmarkKeys } from '../key-files.ts';
import { batchRows, createSealer } from '../token-sealer.ts';

/** What is rotated: a table `cells` of Fernet tokens in one column. */
export interface PostgresScenario {
  readonly rows: number;
  /** Characters of one token. */
  readonly cellLength: number;
  readonly content: 'text' | 'bytea';
  readonly keys: 'bigint' | 'uuid';
  /** Whether the encrypted column has an index, which costs every rewrite twice. */
  readonly cellIndex: 'none' | 'btree';
}

/** The scenario all others are variations of. */
export const plainScenario: PostgresScenario = {
  rows: 1_000_000,
  cellLength: 292,
  content: 'text',
  keys: 'bigint',
  cellIndex: 'none',
};

/** A scenario in words. */
export function nameScenario({ rows, cellLength, content, keys, cellIndex }: PostgresScenario): string {
  const index = cellIndex === 'none' ? '' : ', with an index';
  return `${rows.toLocaleString('en')} rows, ${String(cellLength)} characters in ${content}${index}, ${keys} keys`;
}

/** Fills an empty database, and leaves it vacuumed and analysed. */
export async function fillScenario(
  client: Client,
  { rows, cellLength, content, keys, cellIndex }: PostgresScenario,
  { oldKey }: BenchmarkKeys,
): Promise<void> {
  await client.query(
    `CREATE TABLE cells(id ${keys} PRIMARY KEY, cell ${content} NOT NULL, visits int NOT NULL DEFAULT 0)`,
  );
  const seal = createSealer(new SecretKey(oldKey), cellLength);
  const insert = `INSERT INTO cells(id, cell) SELECT * FROM unnest($1::${keys}[], $2::${content}[])`;
  for (let done = 0; done < rows; done += batchRows) {
    const ids = Array.from({ length: Math.min(batchRows, rows - done) }, (_, row) =>
      keys === 'uuid' ? randomUUID() : String(done + row + 1),
    );
    const cells = seal().slice(0, ids.length).map(String);
    const array = content === 'text' ? encodeTextArray(cells) : encodeByteaArray(cells.map(asBytes));
    await client.query(insert, [ids, array]);
  }
  if (cellIndex === 'btree') await client.query('CREATE INDEX ON cells(cell)');
  await client.query('VACUUM (FREEZE, ANALYZE) cells');
  await client.query('CHECKPOINT');
}

function asBytes(text: string): Buffer {
  return Buffer.from(text);
}
