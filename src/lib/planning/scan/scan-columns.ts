import type { TableDescription } from '../../databases/table-description.ts';
import type { TargetDatabase } from '../../databases/target-database.ts';
import type { Detector } from '../../detectors/detector.ts';
import type { CellFormat } from '../../formats/cell-format.ts';
import { isCellValue, separateValues, type StoredValue } from '../../model/cells/stored-value.ts';
import type { EncryptionWay } from '../../model/columns/exposed-column.ts';
import { wayToEncrypt } from '../encryption/way-to-encrypt.ts';
import type { ColumnSelection } from '../inspection/select-columns.ts';
import { sampleTable } from '../samples/sample-table.ts';
import { maskText } from './mask-text.ts';

/** What a scan looks with, and where. */
export interface ScanRequest {
  readonly detectors: readonly Detector[];
  readonly formats: readonly CellFormat[];
  readonly selection: ColumnSelection;
}

/** A column that holds what should be encrypted, or looks encrypted already. */
export interface ScannedColumn {
  readonly table: string;
  readonly column: string;
  readonly declaredType: string;
  /** Rows of the whole table. */
  readonly rows: number;
  /** Values looked at: neither NULL nor empty. */
  readonly values: number;
  readonly finding: Finding;
  /** How it can be encrypted, whatever it holds now. */
  readonly encryption: EncryptionWay;
}

/** `values` counts those of the sample that were found to be it. */
type Finding =
  | {
      readonly kind: 'plaintext';
      readonly detector: Detector;
      readonly values: number;
      /** The shape of one value, e.g. `xxxxx@xxxxxxx.xxx`; `null` where even that would tell too much. */
      readonly evidence: string | null;
    }
  | { readonly kind: 'encrypted'; readonly format: CellFormat['name']; readonly values: number };

/** Looks at a sample of every selected column, and tells of those in which something was found. Reads only. */
export async function scanColumns(
  database: TargetDatabase,
  tables: readonly TableDescription[],
  request: ScanRequest,
): Promise<readonly ScannedColumn[]> {
  const found: ScannedColumn[] = [];
  for (const table of tables) found.push(...(await scanTable(database, table, request)));
  return found;
}

async function scanTable(
  database: TargetDatabase,
  description: TableDescription,
  { detectors, formats, selection }: ScanRequest,
): Promise<readonly ScannedColumn[]> {
  const { table, columns } = description;
  const selected = columns.filter(
    ({ kind, name }) => kind !== 'generated' && isSelected(selection(table, name)),
  );
  if (selected.length === 0) return [];
  const opened = database.openTable(
    table,
    selected.map(({ name }) => name),
  );
  const rows = await opened.countRows();
  const tallies = selected.map(({ name }) => createTally(name, { detectors, formats }));
  for await (const batch of sampleTable(opened, rows)) {
    tallies.forEach((tally, index) => {
      tally.add(separateValues(batch.columns[index] ?? []));
    });
  }
  return selected.flatMap((column, index) => {
    const { values = 0, finding } = tallies[index]?.result() ?? {};
    if (finding === undefined) return [];
    const { name, declaredType } = column;
    const encryption = wayToEncrypt(description, column);
    return [{ table, column: name, declaredType, rows, values, finding, encryption }];
  });
}

function isSelected(choice: ReturnType<ColumnSelection>): boolean {
  return choice === 'named' || choice === 'selected';
}

interface ColumnTally {
  add(values: readonly StoredValue[]): void;
  result(): { readonly values: number; readonly finding: Finding | undefined };
}

/** Counts what each detector and format finds in the values of one column. */
function createTally(
  column: string,
  { detectors, formats }: Pick<ScanRequest, 'detectors' | 'formats'>,
): ColumnTally {
  const asked = detectors.filter(
    ({ evidence, columnNames }) => evidence !== 'named' || columnNames.test(wordsOf(column)),
  );
  const hits = new Map<Detector, Hits>();
  const cells = new Map<CellFormat['name'], number>();
  let values = 0;
  return {
    add(batch) {
      for (const value of batch) {
        if (value === null || value === '') continue;
        values += 1;
        const format = isCellValue(value) && formats.find((one) => one.recognises(value));
        if (format) cells.set(format.name, (cells.get(format.name) ?? 0) + 1);
        else note(hits, asked, textOf(value));
      }
    },
    result: () => ({ values, finding: judge(values, hits, cells) }),
  };
}

/** How many values a detector recognises, and the first of them. */
interface Hits {
  values: number;
  readonly first: string;
}

function note(hits: Map<Detector, Hits>, detectors: readonly Detector[], text: string): void {
  const words = wordsIn(text);
  for (const detector of detectors) {
    if (
      !detector.detects(text) &&
      !(detector.evidence === 'each' && words.some((word) => detector.detects(word)))
    )
      continue;
    const hit = hits.get(detector) ?? { values: 0, first: text };
    hit.values += 1;
    hits.set(detector, hit);
  }
}

/** The share of a column's values that must look like it, where one alone proves nothing. */
const shareOfMany = 0.3;

/** Plaintext comes first: one value that nobody encrypted is worth more attention than a thousand cells. */
function judge(
  values: number,
  hits: ReadonlyMap<Detector, Readonly<Hits>>,
  cells: ReadonlyMap<CellFormat['name'], number>,
): Finding | undefined {
  for (const [detector, hit] of hits) {
    if (detector.evidence !== 'each' && hit.values < values * shareOfMany) continue;
    const evidence = detector.fieldType === 'credential' ? null : maskText(hit.first);
    return { kind: 'plaintext', detector, values: hit.values, evidence };
  }
  const [format] = [...cells].sort(([, one], [, other]) => other - one);
  return format && { kind: 'encrypted', format: format[0], values: format[1] };
}

/** Words of a name, parted by underscores, whatever its spelling: `customerEMail` is `customer_e_mail`. */
function wordsOf(column: string): string {
  return column.replace(/([a-z\d])([A-Z])/gu, '$1_$2').toLowerCase();
}

/** How far into a long text words are looked at. */
const searchedCharacters = 2000;

/** The parts of a text that may be something by themselves, such as an address in a sentence or in a JSON document. */
function wordsIn(text: string): readonly string[] {
  if (!/[\s"',;<>()[\]{}]/u.test(text)) return [];
  return text
    .slice(0, searchedCharacters)
    .split(/[\s"',;:<>()[\]{}]+/u)
    .filter((word) => word.length > 4);
}

/** A number counts as its digits, a blob as the text it may be. */
function textOf(value: Exclude<StoredValue, null>): string {
  if (typeof value === 'string') return value.trim();
  return value instanceof Uint8Array
    ? Buffer.from(value.subarray(0, searchedCharacters)).toString('utf8').trim()
    : String(value);
}
