import { KeyturnError } from '../../../model/keyturn-error.ts';
import { quoteIdentifier } from '../../quote-identifier.ts';
import { errorCodeOf } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { ColumnShape, TableShape } from './table-shape.ts';

/** Encodings of databases in which every text is one of ours. */
const readableEncodings: readonly (string | null | undefined)[] = ['UTF8', 'LATIN1'];

/** Codes of bytes that are no text, and of a character that UTF-8 does not have. */
const unreadableCodes: readonly (string | undefined)[] = ['22021', '22P05'];

/**
 * Throws where a text of the tables cannot be read (exit 2). Only in a database whose encoding lets such texts in: there every one is
 * looked at, on the server. A run would meet it in the middle, or after its last chunk, when all columns are searched.
 */
export async function refuseUnreadableTexts(
  session: PostgresSession,
  shapes: readonly TableShape[],
): Promise<void> {
  const { rows } = await session.query({ text: "SELECT current_setting('server_encoding')" });
  const encoding = rows[0]?.[0] ?? '';
  if (readableEncodings.includes(encoding)) return;
  for (const shape of shapes) {
    const texts = shape.columns.filter(({ content }) => content !== 'bytea' && content !== 'other');
    if (await areReadable(session, shape, { columns: texts, encoding })) continue;
    for (const column of texts) {
      if (!(await areReadable(session, shape, { columns: [column], encoding })))
        throw unreadable(shape, column, encoding);
    }
  }
}

async function areReadable(
  session: PostgresSession,
  { sqlName }: TableShape,
  { columns, encoding }: { readonly columns: readonly ColumnShape[]; readonly encoding: string },
): Promise<boolean> {
  if (columns.length === 0) return true;
  const counted = columns.map(({ name }) => `count(${asRead(quoteIdentifier(name), encoding)})`);
  try {
    await session.query({ text: `SELECT ${counted.join(', ')} FROM ONLY ${sqlName}` });
    return true;
  } catch (error) {
    if (unreadableCodes.includes(errorCodeOf(error))) return false;
    throw error;
  }
}

/** What the server does with a text before it sends it. */
function asRead(column: string, encoding: string): string {
  return encoding === 'SQL_ASCII'
    ? `convert_from(convert_to(${column}::text, 'SQL_ASCII'), 'UTF8')`
    : `convert_to(${column}::text, 'UTF8')`;
}

function unreadable({ table, sqlName }: TableShape, { name }: ColumnShape, encoding: string): KeyturnError {
  const column = quoteIdentifier(name);
  const others = `${column}::text ~ '[^\\x01-\\x7f]'`;
  return new KeyturnError({
    code: 'KT_TEXT_INVALID',
    reason: 'usage',
    message: `column "${name}" of table "${table}" holds text that is no valid UTF-8; the database has the encoding ${encoding}, which does not look`,
    hints: [
      `the rows that may be to blame: SET client_encoding = '${encoding}'; SELECT * FROM ${sqlName} WHERE ${others}`,
      `where they are LATIN1: UPDATE ${sqlName} SET ${column} = convert_from(convert(convert_to(${column}, '${encoding}'), 'LATIN1', 'UTF8'), '${encoding}') WHERE ...`,
    ],
  });
}
