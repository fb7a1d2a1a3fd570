import type { Kysely } from 'kysely';
import type { ColumnSample } from '../../model/columns/column-sample.ts';
import { databaseNow } from '../clock.ts';
import { appendEvent } from '../events/event-chain.ts';
import type { MigrationNote, ScrubCounts } from '../ledger-notes.ts';
import type { LedgerWriter } from '../ledger.ts';
import { readSchemaVersion } from '../schema/install.ts';
import type { LedgerTables } from '../schema/tables.ts';

/** The version of the ledger that has `keyturn_sample`. */
const knownSince = 5;

/** The samples of a migration's old values; none in a ledger that does not know of them yet. */
export async function listSamples(
  ledger: Kysely<LedgerTables>,
  migrationId: string,
): Promise<readonly ColumnSample[]> {
  if ((await readSchemaVersion(ledger)) < knownSince) return [];
  const rows = await ledger
    .selectFrom('keyturn_sample as sample')
    .innerJoin('keyturn_target as target', 'target.id', 'sample.target_id')
    .where('target.migration_id', '=', migrationId)
    .selectAll('sample')
    .orderBy('sample.target_id')
    .orderBy('sample.column_name')
    .execute();
  return rows.map(({ target_id, column_name, window_bytes, sampled, fingerprints, ...passedOver }) => ({
    targetId: target_id,
    column: column_name,
    windowBytes: window_bytes,
    values: sampled,
    fingerprints,
    passedOver,
  }));
}

/** Samples of old values, and the scrubs that search for them. */
export function createSampleWriter(
  ledger: Kysely<LedgerTables>,
): Pick<LedgerWriter, 'keepSamples' | 'askForScrub' | 'beginScrub' | 'finishScrub'> {
  return {
    keepSamples: (samples) => keepSamples(ledger, samples),
    askForScrub: (scrub) => askForScrub(ledger, scrub),
    beginScrub: (scrub) => beginScrub(ledger, scrub),
    finishScrub: (scrub, counts) => finishScrub(ledger, scrub, counts),
  };
}

/** Keeps samples; see LedgerWriter. */
async function keepSamples(ledger: Kysely<LedgerTables>, samples: readonly ColumnSample[]): Promise<void> {
  // Those of earlier migrations are sealed under a key that this one may make useless: it must not go on to tell.
  await ledger.deleteFrom('keyturn_sample').execute();
  for (const { targetId, column, windowBytes, values, passedOver, fingerprints } of samples) {
    await ledger
      .insertInto('keyturn_sample')
      .values({
        target_id: targetId,
        column_name: column,
        window_bytes: windowBytes,
        sampled: values,
        ...passedOver,
        fingerprints,
      })
      .execute();
  }
}

/** Records that a scrub is to follow; see LedgerWriter. */
async function askForScrub(ledger: Kysely<LedgerTables>, scrub: MigrationNote): Promise<void> {
  await noteScrub(ledger, scrub, 'asked');
  await appendEvent(ledger, { ...scrub, type: 'scrub asked for', body: {} });
}

/** Records that a scrub begins; see LedgerWriter. */
async function beginScrub(ledger: Kysely<LedgerTables>, scrub: MigrationNote): Promise<void> {
  await noteScrubTime(ledger, scrub, null);
  await appendEvent(ledger, { ...scrub, type: 'scrub begun', body: {} });
}

/** Records the result of a scrub; see LedgerWriter. */
async function finishScrub(
  ledger: Kysely<LedgerTables>,
  scrub: MigrationNote,
  counts: ScrubCounts,
): Promise<void> {
  if (counts.samples > 0 && counts.found === 0) {
    await noteScrubTime(ledger, scrub, databaseNow);
    await forgetSamples(ledger, scrub.migrationId);
  }
  if (counts.log === 'empty') await noteScrub(ledger, scrub, 'done');
  await appendEvent(ledger, { ...scrub, type: 'scrub finished', body: { ...counts } });
}

async function noteScrub(
  ledger: Kysely<LedgerTables>,
  { migrationId }: MigrationNote,
  scrub: 'asked' | 'done',
): Promise<void> {
  await ledger.updateTable('keyturn_migration').set({ scrub }).where('id', '=', migrationId).execute();
}

async function noteScrubTime(
  ledger: Kysely<LedgerTables>,
  { migrationId }: MigrationNote,
  time: typeof databaseNow | null,
): Promise<void> {
  await ledger
    .updateTable('keyturn_migration')
    .set({ scrubbed_at: time })
    .where('id', '=', migrationId)
    .execute();
}

async function forgetSamples(ledger: Kysely<LedgerTables>, migrationId: string): Promise<void> {
  await ledger
    .deleteFrom('keyturn_sample')
    .where('target_id', 'in', (query) =>
      query.selectFrom('keyturn_target').select('id').where('migration_id', '=', migrationId),
    )
    .execute();
}
