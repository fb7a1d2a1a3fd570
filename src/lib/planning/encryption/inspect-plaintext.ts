import type { TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { FieldPreset } from '../../detectors/field-presets.ts';
import type { ColumnPlace } from '../../model/cells/cell-places.ts';
import { plainTypeOf, type PlainType } from '../../model/cells/plain-type.ts';
import { contentSize } from '../../model/cells/row-batch.ts';
import { isCellValue, type CellValue, type StoredValue } from '../../model/cells/stored-value.ts';
import { addCensus, emptyCensus, type CensusCounts } from '../../model/columns/column-census.ts';
import type { OpenedColumn } from '../../model/columns/opened-column.ts';
import type { EstimatedTable } from '../estimates/estimate.ts';
import type { ColumnInspection, TableInspection } from '../inspection/inspect-columns.ts';
import { refuseMixedTypes } from '../refusals/refuse-mixed-types.ts';
import { classifyCells } from '../samples/classify-cells.ts';
import { sampleTable } from '../samples/sample-table.ts';
import { keepSome, noCellsOf, type SampledCells } from '../samples/sampled-cells.ts';
import { openPlacedTable } from '../tables/open-placed-table.ts';
import { placedValues, type PlacedValues } from '../tables/placed-values.ts';
import type { EncryptionRequest } from './encryption-request.ts';
import type { PresetFinder } from './requested-fields.ts';

/** What a sample says about the columns of one table that are to be encrypted or decrypted. */
export interface PlaintextInspection {
  /** Counts as they are shown: `new` are cells under the key, in a decryption `old`; `plaintext` is the rest. */
  readonly inspection: TableInspection;
  /** The same with the cells that have to be rewritten as `old`. */
  readonly forEstimate: EstimatedTable;
  /** The type of each column's plaintext, as far as the sample shows. */
  readonly types: readonly PlainType[];
  /** How many plaintext values of each column do not look like what it is said to hold; `values` were looked at. */
  readonly misfits: readonly Misfits[];
  /** How many values of each column look encrypted, in whatever format, and do not open under the key. */
  readonly lookalikes: readonly number[];
}

/** Values that do not look like the field type of their column. */
interface Misfits {
  readonly values: number;
  readonly unfit: number;
}

interface ColumnSample {
  readonly cells: CensusCounts;
  readonly types: ReadonlySet<PlainType>;
  /** Values to be rewritten: how much content they have, and some of them. */
  readonly bytes: number;
  readonly kept: SampledCells;
  readonly misfits: Misfits;
  readonly lookalikes: number;
}

/** What is asked of an inspection: the request, and what the columns are said to hold. */
type InspectionRequest = EncryptionRequest & { readonly presetOf: PresetFinder };

const noMisfits: Misfits = { values: 0, unfit: 0 };

function nothingSampled(place: ColumnPlace): ColumnSample {
  const nothing = { types: new Set<PlainType>(), bytes: 0, misfits: noMisfits, lookalikes: 0 };
  return { cells: emptyCensus, kept: noCellsOf(place), ...nothing };
}

/** Reads a sample of a table's columns; all of a small table. */
export async function inspectPlaintext(
  database: TargetDatabase,
  description: TableDescription,
  request: InspectionRequest,
): Promise<PlaintextInspection> {
  const columns = description.columns.map(({ name }): OpenedColumn =>
    request.into === undefined ? name : { kind: 'value', name },
  );
  const table = openPlacedTable(database, { table: description.table, columns }, [request.format]);
  const rows = await table.countRows();
  let samples = description.columns.map(({ place }) => nothingSampled(place));
  // A list or a document is not what its parts are.
  const presets = description.columns.map(({ name, holds }) =>
    holds === 'cells' ? request.presetOf(description.table, name) : undefined,
  );
  let sampledRows = 0;
  let sampledBytes = 0;
  for await (const batch of sampleTable(table, rows)) {
    samples = samples.map((sample, index) => {
      const preset = presets[index];
      return sampleMore(sample, placedValues(batch, index, sample.kept.places), { ...request, preset });
    });
    sampledRows += batch.keys.length;
    sampledBytes += contentSize(batch);
  }
  const sampled = { description, rows: Math.max(rows, sampledRows), sampledRows, sampledBytes };
  description.columns.forEach(({ name }, index) => {
    const types = [...(samples[index]?.types ?? [])];
    if (request.kind === 'encrypt')
      refuseMixedTypes(description.table, name, { format: request.format, types });
  });
  return {
    inspection: { ...sampled, columns: inspectionsOf(description, samples, shown[request.kind]) },
    forEstimate: {
      inspection: { ...sampled, columns: [] },
      columns: inspectionsOf(description, samples, (cells) => asRewritten(cells, request)),
    },
    types: samples.map(({ types }) => [...types][0] ?? 'text'),
    misfits: samples.map(({ misfits }) => misfits),
    lookalikes: samples.map(({ lookalikes }) => lookalikes),
  };
}

function sampleMore(
  sample: ColumnSample,
  placed: PlacedValues,
  {
    kind,
    format,
    cipher,
    preset,
    looksSealed,
  }: EncryptionRequest & { readonly preset: FieldPreset | undefined },
): ColumnSample {
  const { values, canonicalKeys } = placed;
  const ciphers = { new: { format, cipher }, old: { format, cipher: null } };
  const { counts, trials } = classifyCells(placed, ciphers);
  const opened = new Set(
    trials.flatMap(({ rows, opened: { outcomes } }) =>
      rows.filter((_, index) => outcomes[index] === 'opened'),
    ),
  );
  const plain = values.flatMap((value, row) =>
    value === null || value === '' || opened.has(row) ? [] : [{ value, row }],
  );
  const rows = kind === 'encrypt' ? plain.map(({ row }) => row) : [...opened];
  const rewritten = rows.map((row) => asCell(values[row] ?? ''));
  return {
    cells: addCensus(sample.cells, counts),
    types: new Set([...sample.types, ...plain.map(({ value }) => plainTypeOf(value))]),
    bytes: rewritten.reduce((bytes, value) => bytes + value.length, sample.bytes),
    kept: keepSome(sample.kept, { cells: rewritten, rows, canonicalKeys }),
    misfits: countMisfits(
      sample.misfits,
      preset,
      plain.map(({ value }) => value),
    ),
    lookalikes:
      sample.lookalikes + plain.filter(({ value }) => isCellValue(value) && looksSealed(value)).length,
  };
}

/** A blob is no text that could be looked at. */
function countMisfits(
  before: Misfits,
  preset: FieldPreset | undefined,
  plain: readonly StoredValue[],
): Misfits {
  if (preset === undefined) return before;
  const texts = plain.filter((value) => !(value instanceof Uint8Array)).map(String);
  const unfit = texts.filter((text) => !preset.fits(text)).length;
  return { values: before.values + texts.length, unfit: before.unfit + unfit };
}

function asCell(value: StoredValue): CellValue {
  return typeof value === 'string' || value instanceof Uint8Array ? value : String(value);
}

type Recount = (cells: CensusCounts) => CensusCounts;

/** Cells under the key are those of afterwards in an encryption, and those of before in a decryption. */
const shown: Readonly<Record<EncryptionRequest['kind'], Recount>> = {
  encrypt: (cells) => cells,
  decrypt: (cells) => ({ ...cells, old: cells.new, new: 0 }),
};

/** What has to be rewritten, as `old`. */
function asRewritten(cells: CensusCounts, { kind, empty }: EncryptionRequest): CensusCounts {
  if (kind === 'decrypt') return { ...cells, old: cells.new };
  return { ...cells, old: cells.plaintext + (empty === 'encrypt' ? cells.empty : 0) };
}

function inspectionsOf(
  table: TableDescription,
  samples: readonly ColumnSample[],
  recount: Recount,
): readonly ColumnInspection[] {
  return table.columns.map((description, index) => {
    const { cells, bytes, kept } = samples[index] ?? nothingSampled(description.place);
    return {
      description,
      cells: recount(cells),
      nested: 0,
      irregular: 0,
      standIns: 0,
      oldBytes: bytes,
      oldCells: kept,
    };
  });
}
