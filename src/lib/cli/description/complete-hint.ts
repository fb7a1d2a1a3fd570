import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import { databaseUrl } from '../location/database-location.ts';
import { nextCommand } from './next-command.ts';

/** Commands that need nothing but the database, or have the rest already, and those that need the keys as well; a comment may follow. */
const completions: readonly (readonly [RegExp, string])[] = [
  [
    /^keyturn (?<rest>(?:status|execute|finalize|scrub|rollback|verify|decrypt)\b.*?)(?<comment> +# .*)?$/u,
    '',
  ],
  [
    /^keyturn (?<rest>(?:undo drop|issues list|guard|audit|resume|cancel|scan|doctor)(?: [^ ].*?)?)(?<comment> +# .*)?$/u,
    '',
  ],
  [/^keyturn (?<rest>(?:plan|rotate)\b.*?)(?<comment> +# .*)?$/u, ' --old-key REF --new-key REF'],
];

/** Adds to a command in a hint the flags, or the URL, without which it cannot be pasted; other hints stay as they are. */
export function completeHint(hint: string, location: DatabaseLocation | undefined): string {
  if (!location || hint.includes('--database')) return hint;
  if (location.kind === 'postgres' && /^(?:psql|pg_isready) /u.test(hint)) {
    return hint.replace('DATABASE_URL', () => shellWord(databaseUrl(location)));
  }
  for (const [command, keys] of completions) {
    const { rest, comment = '' } = command.exec(hint)?.groups ?? {};
    if (rest !== undefined) return nextCommand(rest, location) + keys + comment;
  }
  return hint;
}
