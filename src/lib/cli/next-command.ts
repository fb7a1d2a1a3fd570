import { shellWord } from '../model/shell-word.ts';
import { databaseUrl, type DatabaseLocation } from './database-location.ts';

/** A keyturn command for the same database that can be pasted into a shell. */
export function nextCommand(command: string, location: DatabaseLocation): string {
  return `keyturn ${command} --database ${shellWord(databaseUrl(location))}`;
}
