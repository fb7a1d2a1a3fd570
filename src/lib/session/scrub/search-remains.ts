import type { Reach } from '../../databases/scrubber.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import { deriveFingerprintKeys, type FingerprintKeys } from '../../keys/fingerprint-keys.ts';
import type { SecretKey } from '../../keys/secret-key.ts';
import type { ColumnSample, PassedOver } from '../../model/columns/column-sample.ts';
import type { RawFile, RawFileReader } from '../../model/databases/raw-file.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import { openFingerprints, type Fingerprint } from '../../remains/fingerprints.ts';
import { searchFile, type SearchedFile } from '../../remains/search-file.ts';
import { createWindowSearch, type FoundWindow, type WindowSearch } from '../../remains/window-search.ts';
import type { Reporter } from '../../reporters/reporter.ts';
import { fingerprintPlace } from './sample-old-values.ts';

/** What is known of the values that a migration has replaced. */
export interface OldValues {
  readonly samples: readonly ColumnSample[];
  readonly fingerprints: readonly SampledFingerprint[];
  /** What fingerprints are made with; `null` where there are none. */
  readonly keys: FingerprintKeys | null;
}

interface SampledFingerprint extends Fingerprint {
  readonly sample: ColumnSample;
}

/** What a search has found, column by column and file by file, and what it could not read. */
export interface RemainsFound extends Pick<Reach, 'means' | 'unread'> {
  readonly columns: readonly SearchedColumn[];
  readonly files: readonly SearchedRawFile[];
  readonly milliseconds: number;
}

/** One column's sample, and how much of it was found. */
interface SearchedColumn {
  readonly table: string;
  readonly column: string;
  readonly samples: number;
  readonly found: number;
  readonly passedOver: PassedOver;
}

/** One file, and which places of it hold old values. */
interface SearchedRawFile extends RawFile {
  /** Values of the sample that stand in it. */
  readonly found: number;
  /** Whose places they are, most first. */
  readonly places: readonly { readonly place: string; readonly found: number }[];
}

/**
 * Opens the fingerprints of a migration's old values with its key: that of the cells of after, else of before. Without
 * fingerprints no key is needed, and none is loaded.
 */
export async function openOldValues(
  { ledger }: TargetDatabase,
  migration: MigrationRecord,
  loadKey: () => Promise<SecretKey>,
): Promise<OldValues> {
  const samples = await ledger.listSamples(migration.id);
  if (samples.length === 0) return { samples, fingerprints: [], keys: null };
  const keys = deriveFingerprintKeys(await loadKey(), migration.id);
  const fingerprints = samples.flatMap((sample) =>
    openFingerprints(
      keys,
      sample.fingerprints,
      fingerprintPlace(tableOf(migration, sample), sample.column),
    ).map((fingerprint) => ({ ...fingerprint, sample })),
  );
  return { samples, fingerprints, keys };
}

/** What a search needs. */
interface SearchRequest {
  readonly migration: MigrationRecord;
  readonly oldValues: OldValues;
  readonly reporter: Reporter;
  readonly stop: AbortSignal;
}

/** Searches every file of the database for the sampled old values. */
export async function searchRemains(
  database: TargetDatabase,
  { migration, oldValues, reporter, stop }: SearchRequest,
): Promise<RemainsFound> {
  const started = performance.now();
  const reach = await database.scrubber.reach(migration.plan.targets.map(({ table }) => table));
  const search = searchFor(oldValues);
  reporter.report({ kind: 'phase started', phase: 'search' });
  const found = new Set<number>();
  const searched: SearchedRawFile[] = [];
  for (const file of reach.files) {
    reporter.report({ kind: 'file opened', file: file.path, bytes: file.bytes });
    const progress = (bytes: number): void => {
      reporter.report({ kind: 'bytes read', file: file.path, bytes });
    };
    const result = await searchOne(
      () => reach.open(file),
      (opened) => searchFile(opened, search, { progress, signal: stop }),
    );
    if (result === null || result.bytes === 0) continue;
    for (const { fingerprint } of result.found) found.add(fingerprint);
    searched.push(await describeFile(database, { ...file, bytes: result.bytes }, result.found));
  }
  const milliseconds = performance.now() - started;
  reporter.report({ kind: 'phase finished', phase: 'search', milliseconds });
  const { means, unread } = reach;
  return { columns: countColumns(migration, oldValues, found), files: searched, means, unread, milliseconds };
}

/** Searches a file and closes it; `null` where it is gone. */
async function searchOne(
  open: () => Promise<RawFileReader | null>,
  searchOpened: (file: RawFileReader) => Promise<SearchedFile>,
): Promise<SearchedFile | null> {
  const file = await open();
  if (file === null) return null;
  try {
    return await searchOpened(file);
  } finally {
    await file.close();
  }
}

/** All samples of a database have windows of one length, because they depend on its encoding alone. */
function searchFor({ keys, fingerprints, samples }: OldValues): WindowSearch {
  const [first] = samples;
  if (keys === null || !first) return { windowBytes: 1, search: () => [] };
  return createWindowSearch(keys, fingerprints, first.windowBytes);
}

async function describeFile(
  { scrubber }: TargetDatabase,
  file: RawFile,
  found: readonly FoundWindow[],
): Promise<SearchedRawFile> {
  const values = new Set(found.map(({ fingerprint }) => fingerprint)).size;
  if (values === 0) return { ...file, found: 0, places: [] };
  const names = await scrubber.locate(
    file,
    found.map(({ offset }) => offset),
  );
  const byPlace = Map.groupBy(found, (_, index) => names[index] ?? file.path);
  const places = [...byPlace].map(([place, windows]) => ({
    place,
    found: new Set(windows.map(({ fingerprint }) => fingerprint)).size,
  }));
  return { ...file, found: values, places: places.sort((one, other) => other.found - one.found) };
}

function countColumns(
  migration: MigrationRecord,
  { samples, fingerprints }: OldValues,
  found: ReadonlySet<number>,
): readonly SearchedColumn[] {
  return samples.map((sample) => ({
    table: tableOf(migration, sample),
    column: sample.column,
    samples: sample.values,
    found: fingerprints.filter((fingerprint, index) => fingerprint.sample === sample && found.has(index))
      .length,
    passedOver: sample.passedOver,
  }));
}

function tableOf({ targets }: MigrationRecord, { targetId }: ColumnSample): string {
  return targets.find(({ id }) => id === targetId)?.table ?? '';
}
