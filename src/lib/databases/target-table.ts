import type { CandidateShape } from '../model/cells/candidate-shape.ts';
import type { KeyRange, RowBatch, RowKey } from '../model/cells/row-batch.ts';
import type { CellValue, ColumnValue } from '../model/cells/stored-value.ts';
import type { SchemaNote } from '../model/schema/schema-note.ts';
import type { TableStorage } from '../model/schema/table-storage.ts';

/** Whether batches say what names each of their rows for good; `ignored` by default. */
export type KeyReading = 'read' | 'ignored';

/** Some columns of one table, ready to be read. */
export interface TargetTable {
  readonly table: string;
  readonly columns: readonly string[];
  /** The last key of the next batch behind `after` that stays within the limits; `null` behind the last row. */
  upperBound(after: RowKey | null, limits: BatchLimits): Promise<RowKey | null>;
  /** Reads all rows of a range in walking order, without holding a lock afterwards. */
  readBatch(range: KeyRange): Promise<RowBatch>;
  /** Reads rows spread over the whole table, for an estimate; within the limits as a batch is. */
  readSample(limits: BatchLimits): Promise<RowBatch>;
  /** Reads random rows within the limits, each as likely as any other as far as that is cheap. */
  readRandom(limits: BatchLimits): Promise<RowBatch>;
  /** Streams only rows in which one of the columns has the shape of a cell; a batch may be empty, to breathe. */
  readCandidates(shape: CandidateShape): AsyncIterable<RowBatch>;
  /** Estimated number of rows; exact where that is cheap. */
  countRows(): Promise<number>;
  /** How it lies on the disk with so many rows, and the indexes over it. */
  readStorage(rows: number): Promise<TableStorage>;
  /** A condition that names a row, in the database's language, for people to paste. */
  describeRow(key: RowKey): Promise<string>;
  /** What else of the schema rewriting the columns meets; absent where triggers are all there is. */
  readNotes?(): Promise<readonly SchemaNote[]>;
  /** Absent where no type limits the length of its values. */
  readonly limited?: LimitedColumns;
  /**
   * Tries values in a column of rows that are there, without writing any: what of the schema, triggers apart, refuses how many of
   * them, as far as it can be asked.
   */
  findRefusals(column: string, values: ReadonlyMap<RowKey, CellValue>): Promise<readonly ValueRefusal[]>;
  /** Throws `KT_STATEMENT_REFUSED` where a trigger or a foreign key that leads nowhere makes every update fail. */
  refuseBrokenUpdate(): Promise<void>;
}

/** What refuses new values of a column, in words, and how many of those tried. */
export interface ValueRefusal {
  readonly by: string;
  readonly rows: number;
}

/** What is needed only of columns of limited length. */
export interface LimitedColumns {
  /** So many of a column's longest values, by bytes. */
  readLongest(column: string, values: number): Promise<readonly ColumnValue[]>;
  /** The statement that gives a column room for so many characters, for people to paste. */
  describeWidening(column: string, characters: number): Promise<string>;
}

/** A batch ends at whichever limit it reaches first, but holds at least one row. */
export interface BatchLimits {
  readonly rows: number;
  /** Text and blob content of the columns, in bytes. */
  readonly bytes: number;
}
