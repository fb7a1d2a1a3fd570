import { sql, type Kysely } from 'kysely';
import type { LedgerTables } from './tables.ts';

/** Starts the next pass over a target; see LedgerWriter. */
export async function beginPass(
  ledger: Kysely<LedgerTables>,
  targetId: number,
  layoutVersion: string,
): Promise<number> {
  const { pass } = await ledger
    .updateTable('keyturn_target')
    .set({ pass: sql`pass + 1`, pass_state: 'walking', frontier: null, layout_version: layoutVersion })
    .where('id', '=', targetId)
    .returning('pass')
    .executeTakeFirstOrThrow();
  return pass;
}

/** Ends a pass; see LedgerWriter. */
export async function finishPass(ledger: Kysely<LedgerTables>, targetId: number): Promise<void> {
  const { pass } = await ledger
    .updateTable('keyturn_target')
    .set({ pass_state: 'done' })
    .where('id', '=', targetId)
    .returning('pass')
    .executeTakeFirstOrThrow();
  await ledger
    .deleteFrom('keyturn_cell_issue')
    .where('target_id', '=', targetId)
    .where('pass', '<', pass)
    .execute();
}

/** Remembers the layout under which a pass goes on; see LedgerWriter. */
export async function noteLayout(
  ledger: Kysely<LedgerTables>,
  targetId: number,
  layoutVersion: string,
): Promise<void> {
  await ledger
    .updateTable('keyturn_target')
    .set({ layout_version: layoutVersion })
    .where('id', '=', targetId)
    .execute();
}

/** Remembers what a target's table is by now; see LedgerWriter. */
export async function noteFingerprint(
  ledger: Kysely<LedgerTables>,
  targetId: number,
  fingerprint: string,
): Promise<void> {
  await ledger.updateTable('keyturn_target').set({ fingerprint }).where('id', '=', targetId).execute();
}
