import { createHash } from 'node:crypto';
import type { LedgerReader, LedgerWriter } from '../ledger/ledger.ts';
import { keysOfValues } from '../model/cells/cell-places.ts';
import type { KeptCell } from '../model/cells/kept-cell.ts';
import { withColumns, type CellReplacements } from '../model/cells/row-batch.ts';
import {
  isCellValue,
  type CellValue,
  type ColumnValue,
  type StoredValue,
} from '../model/cells/stored-value.ts';
import type { PlannedColumn } from '../model/plans/plan.ts';
import { combineFresh, separatePairs } from './transcoding/columns/column-parts.ts';
import type { TranscodedBatch } from './transcoding/transcoded-batch.ts';
import type { Transcoder } from './transcoding/transcoder.ts';

/** Keeps cells that are replaced, and puts kept ones back where a migration is taken back. */
export interface UndoKeeper {
  /** Keeps the old cells of the rows that were written, in the transaction that has written them. */
  keep(ledger: LedgerWriter, replacements: CellReplacements, written: readonly number[]): Promise<void>;
  /** Exchanges new cells for those that stood there before, wherever the cell that took their place still stands. */
  restore(ledger: LedgerReader, batch: TranscodedBatch): Promise<TranscodedBatch>;
}

/** What a run does with old cells. */
export interface UndoPolicy {
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
 * Makes the keeper of one table. Only what goes from one encrypted state to another is kept, whatever the policy: of
 * plaintext neither a copy nor a digest is stored.
 */
export function createUndoKeeper(target: KeptTarget, { replaced, kept }: UndoPolicy): UndoKeeper {
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
  old: readonly ColumnValue[],
  fresh: readonly (ColumnValue | undefined)[],
  written: readonly number[],
): readonly KeptCell[] {
  const pairs = written.flatMap((row) => separatePairs(old[row], fresh[row]));
  return pairs.flatMap(({ old: cell, fresh: replacement = null }) => {
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
  const pairs = columns.map((column, index) =>
    (batch.columns[index] ?? []).flatMap((old, row) => separatePairs(old, column[row])),
  );
  const digests = pairs.map((column) =>
    column.map(({ old, fresh }) => (fresh === undefined ? null : digestIfCell(old))),
  );
  const found = await ledger.findKeptCells(digests.flat().filter((digest) => digest !== null));
  if (found.length === 0) return transcoded;
  const cells = new Map(found.flatMap(asPaired));
  const candidates = digests.map((column) =>
    column.map((digest) => (digest === null ? null : (cells.get(hex(digest)) ?? null))),
  );
  // What opens under the key that the run leads to counts as `already`.
  const outcomes = candidates.map((column, index) => {
    const columns = candidates.map((_, other) => (other === index ? column : []));
    const canonicalKeys = keysOfValues(batch.columns[index] ?? [], batch.canonicalKeys);
    const separated = { keys: [], columns, ...(canonicalKeys && { canonicalKeys }) };
    return transcoder.transcodeAtOnce(separated).outcomes[index];
  });
  const restored = pairs.map((column, index) => {
    const values = column.map(({ fresh }, place) =>
      outcomes[index]?.[place] === 'already' ? (candidates[index]?.[place] ?? fresh) : fresh,
    );
    return combineFresh(batch.columns[index] ?? [], values);
  });
  return { ...transcoded, replacements: withColumns(transcoded.replacements, restored) };
}

/** The kept cell as text or as bytes, whichever it was: a database with typed columns keeps both as bytes. */
function asPaired({ digest, pairDigest, cell }: KeptCell): readonly (readonly [string, CellValue])[] {
  const classes = typeof cell === 'string' ? [cell] : [cell, Buffer.from(cell).toString('utf8')];
  const found = classes.find((one) => hex(pairDigest) === hex(pairDigestOf(digest, one)));
  return found === undefined ? [] : [[hex(digest), found]];
}

function digestIfCell(cell: StoredValue): Uint8Array | null {
  return isCellValue(cell) ? digestOf(cell) : null;
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
