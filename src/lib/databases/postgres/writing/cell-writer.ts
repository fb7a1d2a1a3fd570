import { noCell } from '../../../model/cells/packed-cells.ts';
import type { CellReplacements, ReplacementOutcome } from '../../../model/cells/row-batch.ts';
import { classifyError, mayDoWithFewerRows } from '../connection/errors.ts';
import type { PostgresSession } from '../connection/session.ts';
import type { TableQuery } from '../reading/table-query.ts';
import type { Rows } from './joined-rows.ts';
import { createRowStatements, type RowStatements } from './row-statements.ts';

/**
 * How a transaction writes. `fast`: whole batches, skipping rows that others have locked; `alone`: whole batches of rows that
 * nobody else is expected to lock. In both, whatever is out of the ordinary ends the transaction with `NeedsCare`.
 * `careful`: with a savepoint around each update, so that rows the schema refuses are found one by one.
 */
export type WritingCare = 'fast' | 'alone' | 'careful';

/** Ends a transaction that has to be done again with care. */
export class NeedsCare extends Error {}

/** Replaces cells inside the transaction that is open on the session. */
export async function replaceCells(
  session: PostgresSession,
  { query, care }: { readonly query: TableQuery; readonly care: WritingCare },
  replacements: CellReplacements,
): Promise<ReplacementOutcome> {
  const rows = rowsToWrite(query, replacements);
  if (rows.length === 0) return { written: [], changed: [], vanished: [], refused: [] };
  const statements = createRowStatements(session, query, replacements);
  const proof = query.shape.triggers.length > 0 ? 'compared' : 'counted';
  const { written, refused } =
    care === 'careful'
      ? await writeWhatFits(session, { statements, proof }, rows)
      : { written: await writeAtOnce({ statements, proof }, rows, care), refused: [] };
  await statements.forgetMarks(written);
  const missed = without(without(rows, written), refused);
  const existing = missed.length === 0 ? [] : await statements.findExisting(missed);
  return { written, changed: existing, vanished: without(missed, existing), refused };
}

/** Rows are written with these statements; where triggers fire, what stands there afterwards is compared with what was written. */
interface Writing {
  readonly statements: RowStatements;
  readonly proof: 'counted' | 'compared';
}

/** Those of the rows that were just written in which a trigger has put something else: no key may open that. */
async function findAltered({ statements, proof }: Writing, written: Rows): Promise<Rows> {
  return proof === 'counted' || written.length === 0 ? [] : statements.findAltered(written);
}

function without(rows: Rows, others: Rows): Rows {
  if (others.length === 0) return rows;
  const left = new Set(others);
  return rows.filter((row) => !left.has(row));
}

function rowsToWrite(query: TableQuery, replacements: CellReplacements): Rows {
  const isNew = newCellTest(query, replacements);
  return [...replacements.batch.keys.keys()].filter(isNew);
}

/** A column that is not there, as in a rehearsal, takes no cell. */
function newCellTest(query: TableQuery, replacements: CellReplacements): (row: number) => boolean {
  const { packed } = replacements;
  if (packed) return (row) => packed.some(({ lengths }) => lengths[row] !== noCell);
  const columns = replacements.columns.filter((_, index) => {
    const column = query.columns[index];
    return column?.content !== 'expression' || column.pairId !== undefined;
  });
  return (row) => columns.some((cells) => cells[row] !== undefined);
}

/** Writes what still is as it was read, and returns it; rows that others have locked or changed are left out. */
async function writeAtOnce(writing: Writing, rows: Rows, care: 'fast' | 'alone'): Promise<Rows> {
  const written = await writeFreeRows(writing.statements, rows, care);
  if ((await findAltered(writing, written)).length > 0) throw new NeedsCare();
  return written;
}

async function writeFreeRows(statements: RowStatements, rows: Rows, care: 'fast' | 'alone'): Promise<Rows> {
  const count = await orCare(care === 'fast' ? statements.updateUnlocked(rows) : statements.update(rows));
  if (count === rows.length) return rows;
  const written = await statements.findWritten(rows);
  // What can be locked now was let go of meanwhile, or else a trigger or a rule has swallowed its update.
  const free = await statements.lockUnchanged(without(rows, written));
  if (free.length === 0) return written;
  if ((await orCare(statements.update(free))) !== free.length) throw new NeedsCare();
  return without(rows, without(without(rows, written), free));
}

/** A row that the schema refuses fails all of them; so does one that is locked where none should be, or takes too long. */
async function orCare(updating: Promise<number>): Promise<number> {
  try {
    return await updating;
  } catch (error) {
    throw mayDoWithFewerRows(error) ? new NeedsCare() : error;
  }
}

/** Locks first; what is locked and still as it was read, and yet is not updated, the schema refuses. */
async function writeWhatFits(
  session: PostgresSession,
  writing: Writing,
  rows: Rows,
): Promise<{ readonly written: Rows; readonly refused: Rows }> {
  const locked = await writing.statements.lockUnchanged(rows);
  const written = await updateWhatFits(session, writing, locked);
  return { written, refused: without(locked, written) };
}

/** Halves a batch that is refused until the rows that are to blame stand alone. */
async function updateWhatFits(session: PostgresSession, writing: Writing, rows: Rows): Promise<Rows> {
  if (rows.length === 0) return [];
  await session.query({ text: 'SAVEPOINT keyturn_cells' });
  try {
    const written = await writing.statements.updateReturning(rows);
    if ((await findAltered(writing, written)).length === 0) {
      await session.query({ text: 'RELEASE SAVEPOINT keyturn_cells' });
      return written;
    }
    await session.query({ text: 'ROLLBACK TO SAVEPOINT keyturn_cells' });
  } catch (error) {
    if (!isWorthHalving(error, rows)) throw error;
    await session.query({ text: 'ROLLBACK TO SAVEPOINT keyturn_cells' });
  }
  if (rows.length === 1) return [];
  const middle = rows.length >> 1;
  const first = await updateWhatFits(session, writing, rows.slice(0, middle));
  return [...first, ...(await updateWhatFits(session, writing, rows.slice(middle)))];
}

/** A single row that only took too long is no row that the schema refuses. */
function isWorthHalving(error: unknown, rows: Rows): boolean {
  return rows.length > 1 ? mayDoWithFewerRows(error) : classifyError(error) === 'refused';
}
