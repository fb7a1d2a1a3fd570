import type { TargetDatabase } from '../../databases/target-database.ts';
import type { RunningTarget } from '../../engine/migration-run.ts';
import { deriveFingerprintKeys, type FingerprintKeys } from '../../keys/fingerprint-keys.ts';
import type { MigrationKeys } from '../../keys/migration-keys.ts';
import type { SecretKey } from '../../keys/secret-key.ts';
import type { RowKey } from '../../model/cells/row-batch.ts';
import { separateValues, type ColumnValue, type StoredValue } from '../../model/cells/stored-value.ts';
import type { ColumnSample } from '../../model/columns/column-sample.ts';
import type { TextEncodingName } from '../../model/databases/text-encoding-name.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { sampleRandomly } from '../../planning/samples/sample-randomly.ts';
import { chooseWindows } from '../../remains/choose-windows.ts';
import { fingerprintWindows, sealFingerprints } from '../../remains/fingerprints.ts';
import { storedBytes, windowBytesOf } from '../../remains/stored-bytes.ts';
import { formatOf } from '../formats/bind-transcoder.ts';

/**
 * Rows sampled of each table. None found of 2,000 means, with 95 % confidence, that fewer than 0.15 % of the values
 * are left.
 */
const sampledRows = 2000;

/** A run's keys, and its targets: their transcoders tell which values are going to be replaced. */
interface SampleTools {
  readonly keys: MigrationKeys;
  readonly targets: readonly RunningTarget[];
}

/**
 * Before a migration's first write: takes fingerprints of old values that are about to be replaced, at random from the
 * whole of each table. Later a scrub searches files for them. The ledger gets nothing that tells what the values were.
 */
export async function sampleOldValues(
  database: TargetDatabase,
  migration: MigrationRecord,
  { keys, targets }: SampleTools,
): Promise<void> {
  const key = sealingKey(migration, keys);
  const hasBegun = migration.targets.some((target) => target.pass > 0);
  if (key === null || hasBegun) return;
  const fingerprintKeys = deriveFingerprintKeys(key, migration.id);
  const encoding = await database.textEncoding();
  const samples: ColumnSample[] = [];
  for (const target of targets) {
    samples.push(
      ...sampleColumns({ target, values: await readOldValues(target) }, encoding, fingerprintKeys),
    );
  }
  await database.transaction(({ ledger }) => ledger.keepSamples(samples));
}

/** The key of the cells of after, else of before. A master string may be guessed, and the seal would tell. */
function sealingKey({ plan }: MigrationRecord, keys: MigrationKeys): SecretKey | null {
  const states = plan.targets.flatMap(({ columns }) =>
    columns.map(({ from, to }) => (keys.new === null ? from : to)),
  );
  const isGuessable = states.some(
    (state) => state.kind === 'encrypted' && formatOf(state).keyShape === 'master string',
  );
  return isGuessable ? null : (keys.new ?? keys.old);
}

/** Values of one column that the run is going to replace, and those that are to take their places. */
interface SampledValues {
  readonly old: readonly StoredValue[];
  readonly new: readonly StoredValue[];
}

/** Samples one target, by planned column; each row once. */
async function readOldValues({
  planned,
  table,
  transcoder,
}: RunningTarget): Promise<readonly SampledValues[]> {
  const sampled = planned.columns.map((): Record<keyof SampledValues, ColumnValue[]> => ({
    old: [],
    new: [],
  }));
  const known = new Set<RowKey>();
  for await (const batch of sampleRandomly(table, sampledRows)) {
    const { outcomes, replacements } = await transcoder.transcode(batch);
    batch.keys.forEach((key, row) => {
      if (known.has(key)) return;
      known.add(key);
      sampled.forEach((column, index) => {
        if (outcomes[index]?.[row] !== 'rewritten') return;
        column.old.push(batch.columns[index]?.[row] ?? null);
        column.new.push(replacements.columns[index]?.[row] ?? null);
      });
    });
  }
  return sampled.map((column) => ({ old: separateValues(column.old), new: separateValues(column.new) }));
}

interface SampledTarget {
  readonly target: RunningTarget;
  readonly values: readonly SampledValues[];
}

function sampleColumns(
  { target: { id: targetId, planned }, values }: SampledTarget,
  encoding: TextEncodingName,
  keys: FingerprintKeys,
): readonly ColumnSample[] {
  const windowBytes = windowBytesOf(encoding);
  return planned.columns.map(({ name }, index) => {
    const { old, new: replacing } = values[index] ?? { old: [], new: [] };
    const bytesOf = (some: readonly StoredValue[]): readonly Uint8Array[] =>
      some.flatMap((value) => storedBytes(value, encoding) ?? []);
    const stored = bytesOf(old);
    const { windows, short, repeated } = chooseWindows(stored, bytesOf(replacing), windowBytes);
    const place = fingerprintPlace(planned.table, name);
    return {
      targetId,
      column: name,
      windowBytes,
      values: windows.length,
      passedOver: { short, repeated, other: old.length - stored.length },
      fingerprints: sealFingerprints(keys, fingerprintWindows(keys, windows), place),
    };
  });
}

/** What sealed fingerprints are bound to. */
export function fingerprintPlace(table: string, column: string): string {
  return JSON.stringify([table, column]);
}
