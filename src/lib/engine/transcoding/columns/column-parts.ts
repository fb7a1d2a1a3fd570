import { isCompound, type ColumnValue, type StoredValue } from '../../../model/cells/stored-value.ts';

/** A value of a column, and the one that is to take its place; `undefined`: it stays. */
export interface ValuePair {
  readonly old: StoredValue;
  readonly fresh: StoredValue | undefined;
}

/** The values of a row's column before and after, part by part where they are compound. */
export function separatePairs(
  old: ColumnValue | undefined,
  fresh: ColumnValue | undefined,
): readonly ValuePair[] {
  if (!isCompound(old)) return [{ old: old ?? null, fresh: isCompound(fresh) ? undefined : fresh }];
  return old.parts.map((part, index) => {
    const replacement = isCompound(fresh) ? fresh.parts[index] : undefined;
    return { old: part, fresh: replacement === part ? undefined : replacement };
  });
}

/** Groups a flat list of parts by the value that each belongs to. */
export function regroup<Item>(
  values: readonly ColumnValue[],
  items: readonly Item[],
): readonly (readonly Item[])[] {
  let next = 0;
  return values.map((value) => {
    const first = next;
    next += isCompound(value) ? value.parts.length : 1;
    return items.slice(first, next);
  });
}

/** Puts new parts into the values they belong to. A value none of whose parts is new stays as it is. */
export function combineFresh(
  old: readonly ColumnValue[],
  fresh: readonly (StoredValue | undefined)[],
): readonly (ColumnValue | undefined)[] {
  if (!old.some(isCompound)) return fresh;
  const grouped = regroup(old, fresh);
  return old.map((value, row) => {
    const parts = grouped[row] ?? [];
    if (!isCompound(value)) return parts[0];
    if (parts.every((part) => part === undefined)) return undefined;
    return { source: value.source, parts: value.parts.map((part, index) => parts[index] ?? part) };
  });
}
