import type { TargetDatabase } from '../../databases/target-database.ts';
import type { ColumnCipher } from '../../engine/transcoding/column-cipher.ts';
import { formatNamed } from '../../formats/format-named.ts';
import { isPair, type LoadedKeys } from '../../keys/load-key-pair.ts';
import {
  addCensus,
  emptyCensus,
  type CensusCounts,
  type ColumnCensus,
} from '../../model/columns/column-census.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { censusOfColumns, presentTargetsOf } from '../../planning/census/census.ts';
import { formatsOfPlan } from '../formats/choose-formats.ts';
import { isStillRotated } from './plan-rotation.ts';

/** Tells whether what a finished migration did still holds, by counting every cell of its columns. */
export async function isStillDone(database: TargetDatabase, keys: LoadedKeys, plan: Plan): Promise<boolean> {
  if (isPair(keys)) return isStillRotated(database, keys, plan);
  const { from, to } = formatsOfPlan(plan);
  const key = keys.new ?? keys.old;
  if (!key) throw new Error('a migration without a key cannot be run');
  const format = formatNamed(to ?? from ?? '');
  const counts = await countUnder(database, plan, { format, cipher: format.bind(key.key) });
  return plan.kind === 'encrypt' ? counts.plaintext === 0 : counts.new === 0;
}

/** Counts every cell of a plan's columns with one key: `new` are those under it. */
export async function countUnder(
  database: TargetDatabase,
  plan: Plan,
  cipher: ColumnCipher,
): Promise<CensusCounts> {
  return sumOf(await censusUnder(database, plan, cipher));
}

/** The same for each column by itself. */
export async function censusUnder(
  database: TargetDatabase,
  plan: Plan,
  { format, cipher }: ColumnCipher,
): Promise<readonly ColumnCensus[]> {
  const targets = presentTargetsOf(plan, await database.listTables());
  return censusOfColumns(database, targets, {
    ciphers: { new: { format, cipher }, old: { format, cipher: null } },
  });
}

/** All columns of a census as one. */
export function sumOf(census: readonly ColumnCensus[]): CensusCounts {
  return census.reduce((sum, { cells }) => addCensus(sum, cells), emptyCensus);
}
