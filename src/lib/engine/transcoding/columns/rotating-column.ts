import type { CellCipher, OpenedBatch } from '../../../formats/cell-format.ts';
import { placesOfRows, type ColumnPlace } from '../../../model/cells/cell-places.ts';
import { freeBatch } from '../../../model/cells/plain-batch.ts';
import {
  cellClassOf,
  isCellValue,
  type CellValue,
  type StoredValue,
} from '../../../model/cells/stored-value.ts';
import type { CellOutcome } from '../cell-outcome.ts';
import type { ColumnCipher } from '../column-cipher.ts';
import type { ColumnTranscoder, ColumnCells } from '../column-transcoder.ts';
import type { TriedCells } from './cell-contents.ts';
import { contentsOfTrials } from './cell-contents.ts';
import { createNestedCount, pickPlaintexts, refuseDifference } from './plaintexts.ts';

/** A column on its way from one key to another: its two states, what its cells look like, what opens and seals them. */
export interface RotatedColumn {
  readonly kind: 'rotate';
  readonly place: ColumnPlace;
  readonly old: ColumnCipher;
  readonly new: ColumnCipher;
  readonly timestamps: 'keep' | 'renew';
  readonly unrecognised: 'quarantine' | 'leave' | 'encrypt';
  /** Takes values that are no cells for plaintexts, where they are to be encrypted. */
  readonly repair: ((cells: readonly CellValue[]) => OpenedBatch) | null;
}

/** Rotates cells: opens each under the one key or the other, and seals it under the new one. */
export function createRotatingColumn(ciphers: RotatedColumn): ColumnTranscoder {
  // The key that opened most cells of the last batch is tried first: each trial costs a MAC. Where a wrong key can seem
  // right, the other one always comes first, so that nothing it has sealed is ever opened and sealed again.
  const provenFirst = firstProof(ciphers);
  let likely: 'old' | 'new' = provenFirst ?? 'old';
  const countNested = createNestedCount([...new Set([ciphers.old.format, ciphers.new.format])]);
  return (cells) => {
    const { values } = cells;
    const outcomes = values.map(outcomeWithoutKey);
    const candidates = indexesWhere(values, isCellValue);
    const tryKey = createTrial(ciphers.place, cells);
    const first = tryKey(ciphers[likely].cipher, candidates);
    const missed = first.rows.filter((_, index) => first.batch.outcomes[index] !== 'opened');
    const second = tryKey(ciphers[likely === 'old' ? 'new' : 'old'].cipher, missed);
    const [openedByOld, underNew] = likely === 'old' ? [first, second] : [second, first];
    const underOld = withhold(ciphers, openedByOld, { values, outcomes });
    noteFailures(outcomes, first, ciphers);
    noteFailures(outcomes, second, ciphers);
    const replacements = reseal(ciphers, underOld, cells);
    const repaired = repairPlaintext(ciphers, { cells, outcomes, replacements });
    noteOpened(outcomes, underOld, 'rewritten');
    noteOpened(outcomes, underNew, 'already');
    if (provenFirst === null && missed.length * 2 > candidates.length)
      likely = likely === 'old' ? 'new' : 'old';
    return {
      replacements,
      outcomes,
      nested: countNested(underOld.batch) + countNested(underNew.batch),
      contents: () => contentsOfTrials(values, [...repaired, underOld, underNew]),
    };
  };
}

/** Leaves out of a trial what a new cell would not hold, too, and says so. */
function withhold(
  { old: { format } }: RotatedColumn,
  trial: TriedCells,
  { values, outcomes }: { readonly values: readonly StoredValue[]; readonly outcomes: CellOutcome[] },
): TriedCells {
  if (format.holdsMore === undefined) return trial;
  const kept = indexesWhere(trial.batch.outcomes, (outcome) => outcome === 'opened').filter((index) =>
    format.holdsMore?.(values[trial.rows[index] ?? 0] as CellValue),
  );
  if (kept.length === 0) return trial;
  const left = [...trial.batch.outcomes];
  for (const index of kept) {
    left[index] = 'malformed';
    outcomes[trial.rows[index] ?? 0] = 'refused';
  }
  return { ...trial, batch: { ...trial.batch, outcomes: left } };
}

/** The key to try first whatever the last batch was, `null` where it makes no difference. */
function firstProof(ciphers: RotatedColumn): 'old' | 'new' | null {
  if (ciphers.old.cipher === ciphers.new.cipher) return 'new';
  if (ciphers.old.format.integrity === 'none') return 'new';
  return ciphers.new.format.integrity === 'none' ? 'old' : null;
}

/** A column of a batch in which both keys have been tried. */
interface TriedColumn {
  readonly cells: ColumnCells;
  readonly outcomes: CellOutcome[];
  readonly replacements: (CellValue | undefined)[];
}

/** Seals what neither key takes for a cell, where the plan says so. */
function repairPlaintext(
  ciphers: RotatedColumn,
  { cells, outcomes, replacements }: TriedColumn,
): readonly TriedCells[] {
  if (ciphers.repair === null) return [];
  const rows = indexesWhere(cells.values, isCellValue).filter((row) => outcomes[row] === 'malformed');
  const batch = ciphers.repair(rows.map((row) => cells.values[row] as CellValue));
  const repaired = { batch, rows };
  const sealed = reseal(ciphers, repaired, cells);
  for (const row of rows) replacements[row] ??= sealed[row];
  noteOpened(outcomes, repaired, 'rewritten');
  return [repaired];
}

function outcomeWithoutKey(cell: StoredValue): CellOutcome {
  if (cell === null) return 'null';
  return isCellValue(cell) || typeof cell === 'number' || typeof cell === 'bigint' ? 'malformed' : 'empty';
}

function indexesWhere<Item>(items: readonly Item[], accepts: (item: Item) => boolean): readonly number[] {
  const indexes: number[] = [];
  items.forEach((item, index) => {
    if (accepts(item)) indexes.push(index);
  });
  return indexes;
}

function createTrial(
  place: ColumnPlace,
  { values, canonicalKeys }: ColumnCells,
): (cipher: CellCipher, rows: readonly number[]) => TriedCells {
  return (cipher, rows) => {
    const cells = rows.map((row) => values[row] as CellValue);
    return { batch: cipher.openBatch(cells, placesOfRows(place, canonicalKeys, rows)), rows };
  };
}

function noteOpened(outcomes: CellOutcome[], trial: TriedCells, as: CellOutcome): void {
  trial.rows.forEach((row, index) => {
    if (trial.batch.outcomes[index] === 'opened') outcomes[row] = as;
  });
}

/**
 * A cell that one key rejects and the other finds malformed has the format's shape: it is `rejected`. One that names either
 * key is `displaced`.
 */
function noteFailures(outcomes: CellOutcome[], trial: TriedCells, { unrecognised }: RotatedColumn): void {
  trial.rows.forEach((row, index) => {
    const outcome = trial.batch.outcomes[index];
    if (outcomes[row] === 'refused') return;
    if (outcome === 'displaced') outcomes[row] = 'displaced';
    else if (outcome === 'rejected' && outcomes[row] !== 'displaced') outcomes[row] = 'rejected';
    else if (outcome === 'malformed' && outcomes[row] === 'malformed' && unrecognised === 'leave')
      outcomes[row] = 'left';
  });
}

/** Seals what opened under the old key, and opens it again to compare, before anything is written. */
function reseal(
  ciphers: RotatedColumn,
  underOld: TriedCells,
  { values, canonicalKeys }: ColumnCells,
): (CellValue | undefined)[] {
  const replacements = new Array<CellValue | undefined>(values.length);
  const opened = indexesWhere(underOld.batch.outcomes, (outcome) => outcome === 'opened');
  if (opened.length === 0) return replacements;
  const plaintexts = pickPlaintexts(underOld.batch, opened, ciphers.timestamps);
  const rows = opened.map((index) => underOld.rows[index] ?? 0);
  const classes = rows.map((row) => cellClassOf(values[row] as CellValue));
  const places = placesOfRows(ciphers.place, canonicalKeys, rows);
  const { format, cipher } = ciphers.new;
  const sealed = cipher.sealBatch(plaintexts, classes, places);
  const reopened = cipher.openBatch(sealed, places);
  refuseDifference(plaintexts, reopened, format);
  freeBatch(reopened);
  rows.forEach((row, index) => {
    replacements[row] = sealed[index];
  });
  return replacements;
}
