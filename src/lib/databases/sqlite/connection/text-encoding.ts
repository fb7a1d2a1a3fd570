import type { TextEncodingName } from '../../../model/databases/text-encoding-name.ts';
import type { SqliteConnection } from './connection.ts';

const encodings: Readonly<Record<string, TextEncodingName>> = {
  'UTF-8': 'utf8',
  'UTF-16le': 'utf16le',
  'UTF-16be': 'utf16be',
};

/** How text stands in the file. */
export function readTextEncoding({ database }: SqliteConnection): TextEncodingName {
  return encodings[String(database.pragma('encoding', { simple: true }))] ?? 'other';
}
