import type { OpenedBatch } from '../../../formats/cell-format.ts';
import type { IndexedContent } from '../../../indexes/blind-index.ts';
import { placesOfRows, type CanonicalKeys } from '../../../model/cells/cell-places.ts';
import { plainTypeOf, typeCodes } from '../../../model/cells/plain-type.ts';
import type { RowBatch } from '../../../model/cells/row-batch.ts';
import { isCellValue, type CellClass, type StoredValue } from '../../../model/cells/stored-value.ts';
import { encodePlaintext } from '../../../model/cells/typed-plaintexts.ts';
import type { PairSide } from '../../../model/schema/column-pair.ts';
import type { CellOutcome } from '../cell-outcome.ts';
import type { ColumnCells, TranscodedColumn } from '../column-transcoder.ts';
import { contentOfValue } from './cell-contents.ts';
import { createDecryptingColumn, type DecryptedColumn } from './decrypting-column.ts';
import { isEmptyValue, outcomeOfPlaintext, sealRows, type EncryptedColumn } from './encrypting-column.ts';

/** A column whose values go into another one, which stands beside it in the batch. */
export interface CopiedColumn {
  readonly kind: 'copy';
  readonly work: EncryptedColumn | DecryptedColumn;
  /** The places in the batch of the column that is read, the one that is written, and the side written last. */
  readonly source: number;
  readonly destination: number;
  readonly side: number;
  /** How cells stand in whichever of the two is encrypted. */
  readonly cells: CellClass;
}

/** Both columns of a batch, and the side that others have written last; `null`: neither, since they were alike. */
interface PairedRows {
  readonly sources: readonly StoredValue[];
  readonly destinations: readonly StoredValue[];
  readonly sides: readonly (PairSide | null)[];
  readonly canonicalKeys: CanonicalKeys | undefined;
}

/** What a row comes down to: the value that the destination has to have, where it has to have another one. */
interface Verdict {
  readonly outcome: CellOutcome;
  readonly fresh?: StoredValue;
}

/** The verdicts on a batch, and what the cells of its rows hold then. */
interface Judgement {
  readonly verdicts: readonly Verdict[];
  readonly contents?: () => readonly IndexedContent[];
}

/**
 * Makes one column from the other, wherever the other was written last. Where nobody is known to have written since the
 * two were alike, plaintext is right if there is any, else the cells are. What the destination holds is replaced only
 * if it is older, and never where it looks like somebody else's.
 */
export function createCopyingColumn(column: CopiedColumn): (batch: RowBatch) => TranscodedColumn {
  const judge =
    column.work.kind === 'encrypt' ? judgeSealing(column, column.work) : judgeOpening(column.work);
  return (batch) => {
    const sources = valuesAt(batch, column.source);
    const rows: PairedRows = {
      sources,
      destinations: valuesAt(batch, column.destination),
      sides: valuesAt(batch, column.side) as readonly (PairSide | null)[],
      canonicalKeys: batch.canonicalKeys,
    };
    const { verdicts, contents } = judge(rows);
    const untouched = new Array<StoredValue | undefined>(sources.length);
    const settled = verdicts.map(({ outcome }, row) =>
      outcome === 'rewritten' && rows.sides[row] !== null ? null : undefined,
    );
    return {
      replacements: untouched,
      beside: [
        { column: column.destination, replacements: verdicts.map(({ fresh }) => fresh) },
        { column: column.side, replacements: settled },
      ],
      outcomes: verdicts.map(({ outcome }) => outcome),
      nested: 0,
      ...(contents && { contents }),
    };
  };
}

/** Columns of a pair are opened for what they hold: nothing in them is taken apart. */
function valuesAt({ columns }: RowBatch, place: number): readonly StoredValue[] {
  return (columns[place] ?? []) as readonly StoredValue[];
}

/** From plaintext to cells. */
function judgeSealing({ cells }: CopiedColumn, work: EncryptedColumn): (rows: PairedRows) => Judgement {
  return ({ sources, destinations, sides, canonicalKeys }) => {
    const there = lookAt({ values: destinations, canonicalKeys }, work);
    const wanted = sources.map((source) => outcomeOfPlaintext(source, work));
    const alike = compare(sources, there);
    const outcomes = sources.map((source, row): CellOutcome => {
      const [side, found, want] = [
        sides[row] ?? null,
        there.kinds[row] ?? 'foreign',
        wanted[row] ?? 'rejected',
      ];
      if (side === 'cells' || (side === null && source === null)) return kept[found];
      if (want === 'rejected' || want === 'malformed') return want;
      if (side === 'plaintext') return 'rewritten';
      if (found === 'foreign') return 'rejected';
      if (want === 'empty') return found === 'empty' ? 'empty' : 'rewritten';
      return alike[row] === true ? 'already' : 'rewritten';
    });
    const toSeal = outcomes.flatMap((outcome, row) =>
      outcome === 'rewritten' && wanted[row] === 'rewritten' ? [row] : [],
    );
    const sealing = { ...work.new, place: work.place, classOf: () => cells };
    const sealed = sealRows({ values: sources, canonicalKeys }, toSeal, sealing);
    return {
      verdicts: outcomes.map((outcome, row) =>
        outcome === 'rewritten' ? { outcome, fresh: sealed[row] ?? sources[row] ?? null } : { outcome },
      ),
      contents: () =>
        outcomes.map((outcome, row) =>
          outcome === 'rewritten' ? contentOfValue(sources[row] ?? null) : contentAt(there, row),
        ),
    };
  };
}

/** What the destination holds, where that is known. */
function contentAt({ kinds, opened, places }: FoundCells, row: number): IndexedContent {
  const at = places[row] ?? -1;
  const kind = kinds[row];
  if (kind === 'null') return null;
  if (kind === 'empty') return new Uint8Array(0);
  return kind === 'opened' ? opened.bytes.subarray(opened.starts[at], opened.ends[at]) : undefined;
}

/** From cells to plaintext. */
function judgeOpening(work: DecryptedColumn): (rows: PairedRows) => Judgement {
  const open = createDecryptingColumn(work);
  return ({ sources, destinations, sides, canonicalKeys }) => {
    const { outcomes, replacements: values } = open({ values: sources, canonicalKeys });
    const verdicts = sources.map((source, row): Verdict => {
      const [side, there] = [sides[row] ?? null, destinations[row] ?? null];
      if (side === 'plaintext' || (side === null && there !== null)) {
        return { outcome: there === null ? 'null' : 'already' };
      }
      if (source === null && side === null) return { outcome: 'null' };
      if (source === null || isEmptyValue(source)) return { outcome: 'rewritten', fresh: source };
      const value = values[row];
      if (value !== undefined) return { outcome: 'rewritten', fresh: value };
      const outcome = outcomes[row];
      const isTold = outcome === 'rejected' || outcome === 'displaced' || outcome === 'refused';
      return { outcome: isTold ? outcome : 'malformed' };
    });
    return { verdicts };
  };
}

/** The content of the destination: cells that open, or something else. */
interface FoundCells {
  /** `displaced`: it opens under the key where it was sealed, in a row that had another key. */
  readonly kinds: readonly ('null' | 'empty' | 'opened' | 'displaced' | 'foreign')[];
  readonly opened: OpenedBatch;
  /** Where in `opened` the cell of a row is; -1 where it holds no cell. */
  readonly places: readonly number[];
}

/** What a destination counts as that is to stay. */
const kept = {
  null: 'null',
  empty: 'empty',
  opened: 'already',
  displaced: 'displaced',
  foreign: 'rejected',
} as const;

function lookAt(
  { values, canonicalKeys }: ColumnCells,
  { place, new: { cipher } }: EncryptedColumn,
): FoundCells {
  const rows = values.flatMap((cell, row) => (isCellValue(cell) ? [row] : []));
  const opened = cipher.openBatch(values.filter(isCellValue), placesOfRows(place, canonicalKeys, rows));
  const places = new Array<number>(values.length).fill(-1);
  rows.forEach((row, index) => {
    places[row] = index;
  });
  const kinds = values.map((cell, row) => {
    if (cell === null) return 'null';
    if (isEmptyValue(cell)) return 'empty';
    const outcome = opened.outcomes[places[row] ?? -1];
    return outcome === 'opened' || outcome === 'displaced' ? outcome : 'foreign';
  });
  return { kinds, opened, places };
}

/** Tells for each row whether its cell opens to its value, type included where the format keeps it. */
function compare(values: readonly StoredValue[], { kinds, opened, places }: FoundCells): readonly boolean[] {
  const content = Buffer.from(opened.bytes.buffer, opened.bytes.byteOffset, opened.bytes.byteLength);
  return values.map((value, row) => {
    const at = places[row] ?? -1;
    if (value === null || kinds[row] !== 'opened') return false;
    const isSameType = opened.types === undefined || opened.types[at] === typeCodes[plainTypeOf(value)];
    return (
      isSameType &&
      content.compare(encodePlaintext(value), undefined, undefined, opened.starts[at], opened.ends[at]) === 0
    );
  });
}
