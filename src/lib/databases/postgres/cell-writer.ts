import type { CellReplacements, ReplacementOutcome } from '../../model/row-batch.ts';
import { classifyError } from './errors.ts';
import { createRowStatements, type Rows, type RowStatements } from './row-statements.ts';
import type { PostgresSession } from './session.ts';
import type { TableQuery } from './table-query.ts';

/**
 * How a transaction writes. `fast`: whole batches, and whatever is out of the ordinary ends the transaction with
 * `NeedsCare`; `careful`: with a savepoint around each update, so that rows the schema refuses are found one by one.
 */
export type WritingCare = 'fast' | 'careful';

/** Ends a transaction that has to be done again with care. */
export class NeedsCare extends Error {}

/** Replaces cells inside the transaction that is open on the session. Waits for no row that somebody else has locked. */
export async function replaceCells(
  session: PostgresSession,
  { query, care }: { readonly query: TableQuery; readonly care: WritingCare },
  replacements: CellReplacements,
): Promise<ReplacementOutcome> {
  const rows = rowsToWrite(replacements);
  if (rows.length === 0) return { written: [], changed: [], vanished: [], refused: [] };
  const statements = createRowStatements(session, query, replacements);
  const locked = await statements.lockUnchanged(rows);
  const written =
    care === 'fast' ? await updateAll(statements, locked) : await updateWhatFits(session, statements, locked);
  const [lockedRows, writtenRows] = [new Set(locked), new Set(written)];
  const missed = rows.filter((row) => !lockedRows.has(row));
  const existing = new Set(missed.length === 0 ? [] : await statements.findExisting(missed));
  return {
    written,
    changed: missed.filter((row) => existing.has(row)),
    vanished: missed.filter((row) => !existing.has(row)),
    // Locked and still what was read, and yet not updated: a constraint, or a trigger or rule that swallowed the update.
    refused: locked.filter((row) => !writtenRows.has(row)),
  };
}

function rowsToWrite({ batch, columns }: CellReplacements): Rows {
  return batch.keys.flatMap((_, row) => (columns.some((cells) => cells[row] !== undefined) ? [row] : []));
}

async function updateAll(statements: RowStatements, rows: Rows): Promise<Rows> {
  if (rows.length === 0) return [];
  try {
    if ((await statements.update(rows)) === rows.length) return rows;
  } catch (error) {
    if (classifyError(error) !== 'refused') throw error;
  }
  throw new NeedsCare();
}

/** Halves a batch that is refused until the rows that are to blame stand alone. */
async function updateWhatFits(
  session: PostgresSession,
  statements: RowStatements,
  rows: Rows,
): Promise<Rows> {
  if (rows.length === 0) return [];
  await session.query({ text: 'SAVEPOINT keyturn_cells' });
  try {
    const written = await statements.updateReturning(rows);
    await session.query({ text: 'RELEASE SAVEPOINT keyturn_cells' });
    return written;
  } catch (error) {
    if (classifyError(error) !== 'refused') throw error;
    await session.query({ text: 'ROLLBACK TO SAVEPOINT keyturn_cells' });
  }
  if (rows.length === 1) return [];
  const middle = rows.length >> 1;
  const first = await updateWhatFits(session, statements, rows.slice(0, middle));
  return [...first, ...(await updateWhatFits(session, statements, rows.slice(middle)))];
}
