import type { TableDescription } from '../../databases/table-description.ts';
import { parseColumnName, renderColumnName, type ColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';

/** What a table or column is called now, and what it was called when its cells were sealed. */
interface SealedNames {
  readonly now: ColumnName;
  readonly then: ColumnName;
}

/** Understands `people=users` and `people.mail=users.email`; throws where it is neither, or there is no such table or column (exit 2). */
export function parseSealedNames(
  texts: readonly string[],
  tables: readonly TableDescription[],
): readonly SealedNames[] {
  return texts.map((text) => {
    const [now, then] = text.split('=').map(parseColumnName);
    if (!now || !then || text.split('=').length !== 2) throw notUnderstood(text);
    if ((now.column === undefined) !== (then.column === undefined)) throw notUnderstood(text);
    const description = tables.find(({ table }) => table === now.table || table === renderColumnName(now));
    const isKnown = now.column === undefined || description?.columns.some(({ name }) => name === now.column);
    if (!description || isKnown !== true) throw unknownName(now);
    return { now: { ...now, table: description.table }, then };
  });
}

function notUnderstood(text: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_USAGE',
    reason: 'usage',
    message: `"${text}" does not say what was renamed`,
    hints: ['--sealed-as NEW_TABLE=OLD_TABLE', '--sealed-as NEW_TABLE.NEW_COLUMN=OLD_TABLE.OLD_COLUMN'],
  });
}

function unknownName(now: ColumnName): KeyturnError {
  return new KeyturnError({
    code: 'KT_UNKNOWN_COLUMN',
    reason: 'usage',
    message: `there is no "${renderColumnName(now)}" that could have been renamed`,
    hints: ['the name of today comes first: --sealed-as NEW_TABLE=OLD_TABLE'],
  });
}
