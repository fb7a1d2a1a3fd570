import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { Plan, PlannedKey } from '../../model/plans/plan.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import { databaseUrl } from '../location/database-location.ts';

/** A keyturn command for the same database that can be pasted into a shell. */
export function nextCommand(command: string, location: DatabaseLocation): string {
  return `keyturn ${command} --database ${shellWord(databaseUrl(location))}`;
}

/** A planned key as a flag takes it; `REF` where it cannot be read a second time. */
export function keyWord(key: PlannedKey | null): string {
  return shellWord(key?.reference ?? 'REF');
}

/** The flags that name the keys of a plan's cells. */
export function keyFlagsOf({ oldKey, newKey }: Pick<Plan, 'oldKey' | 'newKey'>): string {
  const flags = [
    ...(oldKey === null ? [] : [`--old-key ${keyWord(oldKey)}`]),
    ...(newKey === null ? [] : [`--new-key ${keyWord(newKey)}`]),
  ];
  return flags.join(' ');
}
