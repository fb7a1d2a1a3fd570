import type { ColumnDescription, TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { CellFormat } from '../../formats/cell-format.ts';
import type { CandidateShape } from '../../model/cells/candidate-shape.ts';
import { contentSize } from '../../model/cells/row-batch.ts';
import { isCellValue, type CellValue, type StoredValue } from '../../model/cells/stored-value.ts';
import { addCensus, emptyCensus, type CensusCounts } from '../../model/columns/column-census.ts';
import type { RotationCiphers } from '../rotation-ciphers.ts';
import { classifyCells, countPlaintext, type Trial } from '../samples/classify-cells.ts';
import { sampleTable } from '../samples/sample-table.ts';
import { keepSome, noCellsOf, type SampledCells } from '../samples/sampled-cells.ts';
import { formatsOf, openPlacedTable } from '../tables/open-placed-table.ts';
import { placedValues, type PlacedValues } from '../tables/placed-values.ts';

/** What a sample says about one table. */
export interface TableInspection {
  readonly description: TableDescription;
  /** Rows of the whole table. */
  readonly rows: number;
  readonly sampledRows: number;
  /** Text and blob content of the sampled rows, all columns. */
  readonly sampledBytes: number;
  readonly columns: readonly ColumnInspection[];
}

/** What a sample says about one column; counts are of sampled cells. */
export interface ColumnInspection {
  readonly description: ColumnDescription;
  readonly cells: CensusCounts;
  /** Opened cells whose plaintext is a cell again: encrypted twice. */
  readonly nested: number;
  /** Cells that open although they are not written as the format's libraries write them. */
  readonly irregular: number;
  /** Values that are plaintext and marked as such by the application, which could not encrypt them. */
  readonly standIns: number;
  /** Text and blob content of the cells under the old key. */
  readonly oldBytes: number;
  /** Some cells under the old key, as stored, to measure with. */
  readonly oldCells: SampledCells;
}

/** What to inspect. */
export interface InspectionRequest {
  readonly tables: readonly TableDescription[];
  readonly ciphers: RotationCiphers;
  readonly signal?: AbortSignal;
}

/** Finds out by content what every column of the tables holds; reads small tables whole, a sample of others. */
export async function inspectColumns(
  database: TargetDatabase,
  request: InspectionRequest,
): Promise<readonly TableInspection[]> {
  const inspections: TableInspection[] = [];
  for (const description of request.tables) {
    inspections.push(await inspectTable(database, description, request));
  }
  return inspections;
}

async function inspectTable(
  database: TargetDatabase,
  description: TableDescription,
  { ciphers, signal }: InspectionRequest,
): Promise<TableInspection> {
  const names = description.columns.map((column) => column.name);
  const opening = { table: description.table, columns: names };
  const table = openPlacedTable(database, opening, formatsOf(ciphers));
  const rows = await table.countRows();
  let columns = description.columns.map(nothingFound);
  let sampledRows = 0;
  let sampledBytes = 0;
  for await (const batch of sampleTable(table, rows, signal)) {
    columns = columns.map((column, index) =>
      inspectMore(column, placedValues(batch, index, column.description.place), ciphers),
    );
    sampledRows += batch.keys.length;
    sampledBytes += contentSize(batch);
  }
  return { description, rows: Math.max(rows, sampledRows), sampledRows, sampledBytes, columns };
}

function nothingFound(description: ColumnDescription): ColumnInspection {
  const counts = { cells: emptyCensus, nested: 0, irregular: 0, standIns: 0, oldBytes: 0 };
  return { description, ...counts, oldCells: noCellsOf(description.place) };
}

function inspectMore(
  column: ColumnInspection,
  placed: PlacedValues,
  ciphers: RotationCiphers,
): ColumnInspection {
  const { values, canonicalKeys } = placed;
  const formats = [ciphers.old.format, ciphers.new.format];
  const standIns = column.standIns + values.filter((value) => isStandIn(value, ciphers.old.format)).length;
  const couldBe = (value: CellValue): boolean =>
    formats.some(({ candidate }) => couldBeCell(value, candidate));
  if (!values.some((value) => isCellValue(value) && couldBe(value))) {
    return { ...column, cells: addCensus(column.cells, countPlaintext(values)), standIns };
  }
  const { counts, trials } = classifyCells(placed, ciphers);
  const opened = trials.flatMap(openedCells);
  const underOld = opened.filter(({ key }) => key === 'old');
  const old = underOld.map(({ cell }) => cell);
  const rows = underOld.map(({ row }) => row);
  return {
    description: column.description,
    cells: addCensus(column.cells, counts),
    nested: column.nested + opened.filter(({ plaintext }) => isNested(plaintext, formats)).length,
    irregular:
      column.irregular + opened.filter(({ key, cell }) => !ciphers[key].format.recognises(cell)).length,
    standIns,
    oldBytes: old.reduce((bytes, cell) => bytes + cell.length, column.oldBytes),
    oldCells: keepSome(column.oldCells, { cells: old, rows, canonicalKeys }),
  };
}

/** Tells whether a value is a plaintext that the application marked, because it could not encrypt it. */
function isStandIn(value: StoredValue, { standIn }: CellFormat): boolean {
  if (standIn === undefined || !isCellValue(value)) return false;
  return Buffer.from(value.slice(0, standIn.length)).toString('latin1') === standIn;
}

interface OpenedCell {
  readonly key: Trial['key'];
  readonly row: number;
  readonly cell: CellValue;
  /** A view into the batch's plaintexts; never leaves this file. */
  readonly plaintext: Uint8Array;
}

function openedCells({ key, rows, cells, opened }: Trial): readonly OpenedCell[] {
  return cells.flatMap((cell, index) => {
    if (opened.outcomes[index] !== 'opened') return [];
    const plaintext = opened.bytes.subarray(opened.starts[index], opened.ends[index]);
    return { key, row: rows[index] ?? 0, cell, plaintext };
  });
}

/** Only where bytes alone tell: otherwise many a plaintext looks like a cell. */
function isNested(plaintext: Uint8Array, formats: readonly CellFormat[]): boolean {
  if (plaintext.length === 0) return false;
  const text = Buffer.from(plaintext).toString('latin1');
  return formats.some((format) => format.detection === 'by content' && format.recognises(text));
}

/** The condition by which a database finds candidates, for values that are in memory already. */
function couldBeCell(value: CellValue, shape: CandidateShape): boolean {
  if (value.length < shape.minimumLength) return false;
  if (shape.firstCharacters === null) return true;
  const text = typeof value === 'string' ? value : Buffer.from(value.subarray(0, 1024)).toString('latin1');
  const first = /[^ \t-\r]/u.exec(text)?.[0];
  return first !== undefined && shape.firstCharacters.includes(first);
}
