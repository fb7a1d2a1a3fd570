import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { testKeys } from './fleet-database.ts';
import { sealReference } from './reference-fernet.ts';
import type { SurroundingsName } from './surroundings.ts';

/** One hostile schema: SQL that makes a database, and a header that says what a rotation of it has to come to. */
export interface SchemaFixture {
  readonly sql: string;
  readonly expected: ExpectedEnd;
  /** Flags of the rotation besides its keys. */
  readonly flags: readonly string[];
  /** Tables that triggers, or others, write to: the only ones whose rows may change otherwise. */
  readonly writtenBesides: readonly string[];
  readonly journalMode: string;
  readonly encoding: string;
  readonly surroundings: SurroundingsName;
  /** What stands behind the path in the URL of the database. */
  readonly parameters: string;
}

/** The one right outcome. */
export type ExpectedEnd =
  | { readonly kind: 'rotated' }
  /** These cells, each as `table|row key|column|class`, stay byte for byte as they are, and all others are rotated. */
  | { readonly kind: 'quarantined'; readonly cells: readonly string[] }
  /** Nothing at all is written. */
  | { readonly kind: 'refused'; readonly exitCode: number; readonly code: string };

/** Reads a fixture; its header is the comment lines `-- field: value` at the top. */
export function readSchemaFixture(path: string): SchemaFixture {
  const sql = readFileSync(path, 'utf8');
  const fields = new Map<string, string>();
  for (const [, field = '', value = ''] of sql.matchAll(/^-- ([a-z ]+): (.*)$/gmu)) {
    const before = fields.get(field);
    fields.set(field, before === undefined ? value : `${before} ${value}`);
  }
  return {
    sql,
    expected: parseEnd(fields.get('expect') ?? ''),
    flags: listOf(fields.get('flags'), ' '),
    writtenBesides: listOf(fields.get('written besides'), ', '),
    journalMode: fields.get('journal') ?? 'delete',
    encoding: fields.get('encoding') ?? 'UTF-8',
    parameters: fields.get('url parameters') ?? '',
    surroundings: (fields.get('surroundings') ?? 'peaceful') as SurroundingsName,
  };
}

function parseEnd(text: string): ExpectedEnd {
  if (text === 'rotated') return { kind: 'rotated' };
  const refused = /^refused exit (\d+) (KT_\w+)$/u.exec(text);
  if (refused) return { kind: 'refused', exitCode: Number(refused[1]), code: refused[2] ?? '' };
  const quarantined = /^quarantined (.+)$/u.exec(text);
  if (quarantined) return { kind: 'quarantined', cells: listOf(quarantined[1], ' ') };
  throw new Error(`no outcome: "${text}"`);
}

function listOf(text: string | undefined, separator: string): readonly string[] {
  return text === undefined ? [] : text.split(separator);
}

/**
 * Makes the database of a fixture. Its SQL may call `old(text)`, `new(text)` and `third(text)`, which give a token
 * under that key of the tests, and `damaged(text)`, one under the old key with a wrong bit.
 */
export function createSchema(path: string, { sql, journalMode, encoding }: SchemaFixture): void {
  const database = new DatabaseSync(path, { enableForeignKeyConstraints: false });
  let sealed = 0n;
  for (const role of ['old', 'new', 'third', 'damaged'] as const) {
    database.function(role, (plaintext) => {
      sealed += 1n;
      const key = testKeys[role === 'damaged' ? 'old' : role];
      const token = sealReference(key, Buffer.from(String(plaintext)), {
        timestamp: 1_500_000_000n + sealed,
      });
      return role === 'damaged' ? flipped(token) : token;
    });
  }
  try {
    database.exec(`PRAGMA encoding = '${encoding}'; PRAGMA journal_mode = ${journalMode}`);
    database.exec(`BEGIN; ${sql}\n; COMMIT`);
  } finally {
    database.close();
  }
}

function flipped(token: string): string {
  return token.slice(0, 50) + (token.charAt(50) === 'A' ? 'B' : 'A') + token.slice(51);
}
