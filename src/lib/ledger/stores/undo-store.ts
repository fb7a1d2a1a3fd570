import type { Kysely } from 'kysely';
import type { KeptCell } from '../../model/cells/kept-cell.ts';
import { appendEvent } from '../events/event-chain.ts';
import type { MigrationNote } from '../ledger-notes.ts';
import { readSchemaVersion } from '../schema/install.ts';
import type { LedgerTables } from '../schema/tables.ts';

/** Cells written or sought in one statement; what is left over goes one by one, so that two statements do for all. */
const atOnce = 100;

/** The version of the ledger that has `keyturn_undo`. */
const knownSince = 3;

/** Notes that a migration keeps the cells it replaces; see LedgerWriter. */
export async function noteUndo(
  ledger: Kysely<LedgerTables>,
  { migrationId, actor }: MigrationNote,
): Promise<void> {
  await ledger.updateTable('keyturn_migration').set({ undo: 'keep' }).where('id', '=', migrationId).execute();
  await appendEvent(ledger, { migrationId, actor, type: 'undo kept', body: {} });
}

/** Keeps cells that were replaced; see LedgerWriter. */
export async function keepCells(
  ledger: Kysely<LedgerTables>,
  targetId: number,
  cells: readonly KeptCell[],
): Promise<void> {
  for (const some of inParts(cells)) {
    await ledger
      .insertInto('keyturn_undo')
      .values(
        some.map(({ digest, pairDigest, cell }) => ({
          target_id: targetId,
          digest,
          pair_digest: pairDigest,
          cell: Buffer.from(cell),
        })),
      )
      .execute();
  }
}

/** Finds kept cells by what took their place; see LedgerReader. */
export async function findKeptCells(
  ledger: Kysely<LedgerTables>,
  digests: readonly Uint8Array[],
): Promise<readonly KeptCell[]> {
  const found: KeptCell[] = [];
  for (const some of inParts(digests)) {
    const rows = await ledger
      .selectFrom('keyturn_undo')
      .select(['digest', 'pair_digest', 'cell'])
      .where('digest', 'in', some)
      .execute();
    found.push(...rows.map(({ pair_digest, ...row }) => ({ ...row, pairDigest: pair_digest })));
  }
  return found;
}

/** How many cells are kept, of one migration or of all; none in a ledger that does not know of them yet. */
export async function countKeptCells(ledger: Kysely<LedgerTables>, migrationId?: string): Promise<number> {
  if ((await readSchemaVersion(ledger)) < knownSince) return 0;
  const all = ledger
    .selectFrom('keyturn_undo as undo')
    .innerJoin('keyturn_target as target', 'target.id', 'undo.target_id')
    .select(({ fn }) => fn.countAll<number>().as('cells'));
  const some = migrationId === undefined ? all : all.where('target.migration_id', '=', migrationId);
  return (await some.executeTakeFirstOrThrow()).cells;
}

/** Notes that all kept cells are to go; see LedgerWriter. */
export async function noteUndoDrop(ledger: Kysely<LedgerTables>, actor: string): Promise<void> {
  const body = { cells: await countKeptCells(ledger) };
  await appendEvent(ledger, { migrationId: null, actor, type: 'undo drop begun', body });
}

/** Deletes the first kept cells; see LedgerWriter. */
export async function dropKeptCells(ledger: Kysely<LedgerTables>, most: number): Promise<number> {
  const some = ledger.selectFrom('keyturn_undo').select('id').orderBy('id').limit(most);
  const { numDeletedRows } = await ledger
    .deleteFrom('keyturn_undo')
    .where('id', 'in', some)
    .executeTakeFirst();
  return Number(numDeletedRows);
}

function inParts<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const whole = items.length - (items.length % atOnce);
  const parts = Array.from({ length: whole / atOnce }, (_, part) =>
    items.slice(part * atOnce, (part + 1) * atOnce),
  );
  return [...parts, ...items.slice(whole).map((item) => [item])];
}
