import type { Kysely } from 'kysely';
import { parseRowKey, renderRowKey, type KeyRange } from '../../model/cells/row-batch.ts';
import type { ClaimedChunk } from '../../model/runs/chunk.ts';
import type { LedgerWriter } from '../ledger.ts';
import type { Claimant } from '../pass.ts';
import type { LedgerTables } from '../schema/tables.ts';
import { prepareChunkStatements, type ChunkStatements } from './chunk-statements.ts';
import { recordIssues } from './issue-store.ts';
import { takenOver } from './run-store.ts';

/** What of the ledger is written with every chunk; see LedgerWriter. */
export type ChunkStore = Pick<LedgerWriter, 'lockFrontier' | 'reclaimChunk' | 'claimRange' | 'completeChunk'>;

/** The chunks of one ledger. */
export function createChunkStore(ledger: Kysely<LedgerTables>): ChunkStore {
  const statements = prepareChunkStatements(ledger);
  return {
    async lockFrontier(targetId) {
      const [target] = await statements.lockFrontier({ targetId });
      if (!target) throw unknownTarget(targetId);
      return target.frontier === null ? null : parseRowKey(target.frontier);
    },
    reclaimChunk: (claimant) => reclaimChunk(statements, claimant),
    claimRange: (claimant, range) => claimRange(statements, claimant, range),
    async completeChunk(completed) {
      const { chunk, rows, counts } = completed;
      const { id, claimToken } = chunk;
      const [done] = await statements.finish({ id, claimToken, rows, ...counts });
      if (!done) throw takenOver();
      await recordIssues(ledger, completed, done.pass);
    },
  };
}

/** Takes up a chunk of the current pass whose run is gone. */
async function reclaimChunk(
  statements: ChunkStatements,
  { targetId, workerId }: Claimant,
): Promise<ClaimedChunk | undefined> {
  const [left] = await statements.findLeft({ targetId });
  if (!left) return undefined;
  const { id } = left;
  const claimToken = left.claim_token + 1;
  await statements.claimAgain({ id, workerId, claimToken });
  const after = left.after_key === null ? null : parseRowKey(left.after_key);
  return { id, targetId, range: { after, upTo: parseRowKey(left.up_to_key) }, claimToken };
}

/** Claims the range behind the frontier and moves the frontier to its end. */
async function claimRange(
  statements: ChunkStatements,
  { targetId, workerId }: Claimant,
  range: KeyRange,
): Promise<ClaimedChunk> {
  const upToKey = renderRowKey(range.upTo);
  const afterKey = range.after === null ? null : renderRowKey(range.after);
  const [target] = await statements.moveFrontier({ targetId, upToKey });
  if (!target) throw unknownTarget(targetId);
  const [claimed] = await statements.claimNew({ targetId, workerId, pass: target.pass, afterKey, upToKey });
  if (!claimed) throw unknownTarget(targetId);
  return { id: claimed.id, targetId, range, claimToken: 1 };
}

function unknownTarget(targetId: number): Error {
  return new Error(`the ledger has no target ${String(targetId)}`);
}
