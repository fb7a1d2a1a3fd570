import type { TableDescription, TargetDatabase } from '../databases/target-database.ts';
import { addCensus, emptyCensus, type CensusCounts } from '../model/column-census.ts';
import { plainTypeOf, type PlainType } from '../model/plain-type.ts';
import { contentSize } from '../model/row-batch.ts';
import { isCellValue, separateValues, type CellValue, type StoredValue } from '../model/stored-value.ts';
import type { EncryptionRequest } from './build-encryption-plan.ts';
import { classifyCells } from './classify-cells.ts';
import type { EstimatedTable } from './estimate.ts';
import type { ColumnInspection, TableInspection } from './inspect-columns.ts';
import { refuseMixedTypes } from './refuse-mixed-types.ts';
import { sampleTable } from './sample-table.ts';

/** What a sample says about the columns of one table that are to be encrypted or decrypted. */
export interface PlaintextInspection {
  /** Counts as they are shown: `new` are cells under the key, `plaintext` the rest. */
  readonly inspection: TableInspection;
  /** The same with the cells that have to be rewritten as `old`. */
  readonly forEstimate: EstimatedTable;
  /** The type of each column's plaintext, as far as the sample shows. */
  readonly types: readonly PlainType[];
}

/** Values of one column that are kept to measure with. */
const keptValues = 64;

interface ColumnSample {
  readonly cells: CensusCounts;
  readonly types: ReadonlySet<PlainType>;
  /** Values to be rewritten: how much content they have, and some of them. */
  readonly bytes: number;
  readonly kept: readonly CellValue[];
}

const nothingSampled: ColumnSample = { cells: emptyCensus, types: new Set(), bytes: 0, kept: [] };

/** Reads a sample of a table's columns; all of a small table. */
export async function inspectPlaintext(
  database: TargetDatabase,
  description: TableDescription,
  request: EncryptionRequest,
): Promise<PlaintextInspection> {
  const table = database.openTable(
    description.table,
    description.columns.map(({ name }) => name),
  );
  const rows = await table.countRows();
  let samples = description.columns.map(() => nothingSampled);
  let sampledRows = 0;
  let sampledBytes = 0;
  for await (const batch of sampleTable(table, rows)) {
    samples = samples.map((sample, index) =>
      sampleMore(sample, separateValues(batch.columns[index] ?? []), request),
    );
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
    inspection: { ...sampled, columns: inspectionsOf(description, samples, 'as shown') },
    forEstimate: {
      inspection: { ...sampled, columns: [] },
      columns: inspectionsOf(description, samples, request.kind),
    },
    types: samples.map(({ types }) => [...types][0] ?? 'text'),
  };
}

function sampleMore(
  sample: ColumnSample,
  values: readonly StoredValue[],
  { kind, format, cipher }: EncryptionRequest,
): ColumnSample {
  const ciphers = { new: { format, cipher }, old: { format, cipher: null } };
  const { counts, trials } = classifyCells(values, ciphers);
  const opened = new Set(
    trials.flatMap(({ cells, opened: { outcomes } }) =>
      cells.filter((_, index) => outcomes[index] === 'opened'),
    ),
  );
  const plaintexts = values.filter(
    (value) => value !== null && value !== '' && !(isCellValue(value) && opened.has(value)),
  );
  const rewritten = kind === 'encrypt' ? plaintexts.map(asCell) : [...opened];
  return {
    cells: addCensus(sample.cells, counts),
    types: new Set([
      ...sample.types,
      ...plaintexts.flatMap((value) => (value === null ? [] : [plainTypeOf(value)])),
    ]),
    bytes: rewritten.reduce((bytes, value) => bytes + value.length, sample.bytes),
    kept: [...sample.kept, ...rewritten].slice(0, keptValues),
  };
}

function asCell(value: StoredValue): CellValue {
  return typeof value === 'string' || value instanceof Uint8Array ? value : String(value);
}

function inspectionsOf(
  { columns }: TableDescription,
  samples: readonly ColumnSample[],
  counted: EncryptionRequest['kind'] | 'as shown',
): readonly ColumnInspection[] {
  return columns.map((description, index) => {
    const { cells, bytes, kept } = samples[index] ?? nothingSampled;
    const rewritten = counted === 'encrypt' ? cells.plaintext : cells.new;
    return {
      description,
      cells: counted === 'as shown' ? cells : { ...cells, old: rewritten },
      nested: 0,
      irregular: 0,
      standIns: 0,
      oldBytes: bytes,
      oldCells: kept,
    };
  });
}
