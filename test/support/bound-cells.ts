import { SecretKey } from '../../src/lib/keys/secret-key.ts';
import { testKeys } from './fleet-database.ts';
import { openXaesCell } from './reference-xaes.ts';
import type { KeyRole } from './scene.ts';

/** A part of a place: `t` and a text, `i` and digits, `b` and bytes. */
export type PlacePart = readonly [letter: string, content: string | Uint8Array];

/** What stands beside a cell of `table.column` in the row of a key, put together by hand. */
export function placeOf(table: string, column: string, ...key: readonly PlacePart[]): Buffer {
  const names: readonly PlacePart[] = ['keyturn/aad/v1', table, column].map((name) => ['t', name]);
  return Buffer.concat([...names, ...key].map(encode));
}

/** What a `kt1.` text or a blob opens to in a place, its type first, or `does not open`. */
export function openedAt(role: KeyRole, cell: string | Uint8Array, place: Uint8Array): string {
  const bytes = typeof cell === 'string' ? Buffer.from(cell.slice('kt1.'.length), 'base64url') : cell;
  const keyId = new SecretKey(testKeys[role]).id;
  try {
    return openXaesCell({ key: testKeys[role], keyId, additionalData: place }, bytes).toString();
  } catch {
    return 'does not open';
  }
}

function encode([letter, content]: PlacePart): Buffer {
  const bytes = Buffer.from(content as string);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([Buffer.from(letter), length, bytes]);
}
