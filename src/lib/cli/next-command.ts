import { databaseUrl, type DatabaseLocation } from './database-location.ts';

/** A keyturn command for the same database that can be pasted into a shell. */
export function nextCommand(command: string, location: DatabaseLocation): string {
  return `keyturn ${command} --database ${quoteForShell(databaseUrl(location))}`;
}

/** Quotes a word for a POSIX shell where it needs it. */
export function quoteForShell(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
