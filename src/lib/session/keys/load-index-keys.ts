import { indexKeyFormat } from '../../indexes/blind-index.ts';
import { parseKeyReference } from '../../keys/key-reference.ts';
import { loadKey, type LoadedKey } from '../../keys/load-key.ts';
import { whereIsNow } from '../../keys/publication/moved-key.ts';
import { recordedReference, unnamedKey } from '../../keys/recorded-reference.ts';
import type { SecretKey } from '../../keys/secret-key.ts';
import type { IndexRecord } from '../../model/columns/blind-index.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { indexesKept } from '../../model/plans/batch-layout.ts';
import { keyOfIndex } from '../../model/plans/key-of-index.ts';
import type { Plan, PlannedKey } from '../../model/plans/plan.ts';

/** Loads the key of blind indexes that a reference leads to. */
export function loadIndexKey(reference: string): Promise<LoadedKey> {
  return loadKey({ reference: parseKeyReference(reference, 'index'), role: 'index', format: indexKeyFormat });
}

/** Throws (exit 12) where the key of the indexes is that of the cells: who may search could open them. */
export function refuseCellKey({ key }: LoadedKey, cellKeys: readonly LoadedKey[]): void {
  if (!cellKeys.some((cells) => cells.key.equals(key))) return;
  throw new KeyturnError({
    code: 'KT_KEYS_EQUAL',
    reason: 'wrongKey',
    message: `the index key is the key of the cells (${key.id}): whoever may search could open them`,
    hints: ['keyturn keys generate --output index.key   # a key of its own: --index-key file:index.key'],
  });
}

/** Loads the keys of all indexes that a plan keeps; `given` is used for the one that it is. Exit 12 where one is another. */
export async function loadPlannedIndexKeys(
  plan: Plan,
  given: LoadedKey | undefined,
): Promise<readonly LoadedKey[]> {
  const used = new Set(
    plan.targets.flatMap(({ columns }) => columns.flatMap(indexesKept)).map(({ keyId }) => keyId),
  );
  const planned = (plan.indexKeys ?? []).filter(({ id }) => used.has(id));
  const loaded: LoadedKey[] = [];
  for (const key of planned) loaded.push(await loadKnownIndexKey(key, given));
  return loaded;
}

/** Loads one key that is known by its check value: the given one, else from where it was. */
export async function loadKnownIndexKey(known: PlannedKey, given: LoadedKey | undefined): Promise<LoadedKey> {
  if (given?.key.checkValue === known.checkValue) return given;
  const { checkValue } = known;
  const reference = recordedReference(known);
  if (reference === undefined) throw given === undefined ? unnamedKey('index', known) : another(known, given);
  const place = await whereIsNow({ reference, checkValue, role: 'index', format: indexKeyFormat });
  const found = await loadIndexKey(place);
  if (found.key.checkValue === checkValue) return found;
  throw another(known, found);
}

/** A blind index with its key; `null` where that cannot be loaded. */
export interface KeyedIndex {
  readonly record: IndexRecord;
  readonly key: SecretKey | null;
}

/**
 * The keys of recorded indexes, as far as they can be loaded: the given one, else from where they were. Exit 12 where the given
 * one is the key of none.
 */
export async function loadIndexKeys(
  records: readonly IndexRecord[],
  reference: string | undefined,
): Promise<readonly KeyedIndex[]> {
  const given = reference === undefined ? undefined : await loadIndexKey(reference);
  const isOf = ({ keyCheckValue }: IndexRecord): boolean => given?.key.checkValue === keyCheckValue;
  const [first] = records;
  if (given && first && !records.some(isOf)) throw another(keyOfIndex(first), given);
  const found: KeyedIndex[] = [];
  for (const record of records) {
    const loaded = await loadKnownIndexKey(keyOfIndex(record), given).catch(() => null);
    found.push({ record, key: loaded?.key ?? null });
  }
  return found;
}

function another({ id }: PlannedKey, { key, reference }: LoadedKey): KeyturnError {
  return new KeyturnError({
    code: 'KT_WRONG_KEY',
    reason: 'wrongKey',
    message: `${reference.display} holds key ${key.id}, but the blind index is under key ${id}: searches would find nothing`,
    hints: [`say where key ${id} is: --index-key file:PATH`],
  });
}
