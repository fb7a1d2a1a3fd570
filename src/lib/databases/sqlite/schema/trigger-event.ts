import { tokensOf, unquote } from './sql-tokens.ts';

/** What a trigger waits for, as far as an update can fire it; `columns` as it names them, `null` for any column. */
export type TriggerEvent =
  { readonly kind: 'update'; readonly columns: readonly string[] | null } | { readonly kind: 'other' };

/**
 * Reads the event out of a trigger's text, because SQLite keeps it nowhere else:
 * `CREATE TRIGGER [IF NOT EXISTS] [schema.]name [BEFORE | AFTER | INSTEAD OF] UPDATE [OF column, ...] ON table`.
 */
export function readTriggerEvent(sql: string): TriggerEvent {
  const tokens = tokensUpToOn(sql);
  let at = tokens.findIndex((text) => text.toUpperCase() === 'TRIGGER') + 1;
  const isNext = (...words: readonly string[]): boolean =>
    words.every((word, index) => tokens[at + index]?.toUpperCase() === word);
  if (isNext('IF', 'NOT', 'EXISTS')) at += 3;
  at += tokens[at + 1] === '.' ? 3 : 1;
  if (isNext('INSTEAD', 'OF')) at += 2;
  else if (isNext('BEFORE') || isNext('AFTER')) at += 1;
  if (!isNext('UPDATE')) return { kind: 'other' };
  const names = tokens.slice(at + 2).filter((text) => text !== ',');
  return { kind: 'update', columns: tokens[at + 1] === undefined ? null : names.map(unquote) };
}

/** The tokens before the `ON` that follows the event; a trigger or column of that name has to be quoted. */
function tokensUpToOn(sql: string): readonly string[] {
  const tokens = tokensOf(sql).map(({ text }) => text);
  const on = tokens.findIndex((text) => text.toUpperCase() === 'ON');
  return on === -1 ? tokens : tokens.slice(0, on);
}
