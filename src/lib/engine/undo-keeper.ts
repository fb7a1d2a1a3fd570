import { createHash } from 'node:crypto';
import type { LedgerReader, LedgerWriter } from '../ledger/ledger.ts';
import type { KeptCell } from '../model/kept-cell.ts';
import type { PlannedColumn } from '../model/plan.ts';
import type { CellReplacements } from '../model/row-batch.ts';
import { isCellValue, type CellValue, type StoredValue } from '../model/stored-value.ts';
import type { TranscodedBatch, Transcoder } from './transcoder.ts';

/** Keeps cells that are replaced, and puts kept ones back where a migration is taken back. */
export interface UndoKeeper {
  /** Keeps the old cells of the rows that were written, in the transaction that has written them. */
  keep(ledger: LedgerWriter, replacements: CellReplacements, written: readonly number[]): Promise<void>;
  /** Exchanges new cells for those that stood there before, wherever the cell that took their place still stands. */
  restore(ledger: LedgerReader, batch: TranscodedBatch): Promise<TranscodedBatch>;
}

/** What a run does with old cells. */
export interface UndoWishes {
  readonly replaced: 'kept' | 'forgotten';
  readonly kept: 'restored' | 'ignored';
}

/** One table of a run, as far as its keeper needs it. */
export interface KeptTarget {
  readonly id: number;
  readonly columns: readonly PlannedColumn[];
  readonly transcoder: Transcoder;
}

/**
 * Makes the keeper of one table. Only what goes from one encrypted state to another is kept, whatever is wished: of
 * plaintext neither a copy nor a digest is stored.
 */
export function createUndoKeeper(target: KeptTarget, { replaced, kept }: UndoWishes): UndoKeeper {
  return {
    async keep(ledger, replacements, written) {
      if (replaced === 'forgotten') return;
      const staysEncrypted = target.columns.map(
        ({ from, to }) => from.kind === 'encrypted' && to.kind === 'encrypted',
      );
      const cells = replacements.columns.flatMap((column, index) =>
        staysEncrypted[index] === true
          ? keptCells(replacements.batch.columns[index] ?? [], column, written)
          : [],
      );
      await ledger.keepCells(target.id, cells);
    },
    async restore(ledger, batch) {
      return kept === 'ignored' ? batch : restoreCells(ledger, target.transcoder, batch);
    },
  };
}

function keptCells(
  old: readonly StoredValue[],
  fresh: readonly (StoredValue | undefined)[],
  written: readonly number[],
): readonly KeptCell[] {
  return written.flatMap((row) => {
    const [cell, replacement] = [old[row] ?? null, fresh[row] ?? null];
    if (!isCellValue(cell) || !isCellValue(replacement)) return [];
    const digest = digestOf(replacement);
    return [{ digest, pairDigest: pairDigestOf(digest, cell), cell }];
  });
}

async function restoreCells(
  ledger: LedgerReader,
  transcoder: Transcoder,
  transcoded: TranscodedBatch,
): Promise<TranscodedBatch> {
  const { batch, columns } = transcoded.replacements;
  const digests = columns.map((column, index) =>
    column.map((fresh, row) => (fresh === undefined ? null : digestIfCell(batch.columns[index]?.[row]))),
  );
  const found = await ledger.findKeptCells(digests.flat().filter((digest) => digest !== null));
  if (found.length === 0) return transcoded;
  const cells = new Map(found.filter(isPaired).map(({ digest, cell }) => [hex(digest), cell]));
  const candidates = digests.map((column) =>
    column.map((digest) => (digest === null ? null : (cells.get(hex(digest)) ?? null))),
  );
  // What opens under the key that the run leads to counts as `already`.
  const { outcomes } = transcoder.transcodeAtOnce({ keys: batch.keys, columns: candidates });
  const restored = columns.map((column, index) =>
    column.map((fresh, row) =>
      outcomes[index]?.[row] === 'already' ? (candidates[index]?.[row] ?? fresh) : fresh,
    ),
  );
  return { ...transcoded, replacements: { ...transcoded.replacements, columns: restored } };
}

function isPaired({ digest, pairDigest, cell }: KeptCell): boolean {
  return hex(pairDigest) === hex(pairDigestOf(digest, cell));
}

function digestIfCell(cell: StoredValue | undefined): Uint8Array | null {
  return cell !== undefined && isCellValue(cell) ? digestOf(cell) : null;
}

function pairDigestOf(digest: Uint8Array, cell: CellValue): Uint8Array {
  return createHash('sha256').update(digest).update(digestOf(cell)).digest();
}

/** Text and blob differ, also where their bytes do not. */
function digestOf(cell: CellValue): Uint8Array {
  return createHash('sha256')
    .update(typeof cell === 'string' ? 't' : 'b')
    .update(cell)
    .digest();
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}
