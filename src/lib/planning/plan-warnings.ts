import { closedCells } from '../model/columns/column-census.ts';
import { renderColumnName } from '../model/columns/column-name.ts';
import type { Plan, PlannedColumn } from '../model/plans/plan.ts';
import { byteText } from '../model/texts/byte-text.ts';
import { countText } from '../model/texts/count-text.ts';
import { columnsKeepingTheOldKey, isUnwritable } from './columns-keeping-the-old-key.ts';
import type { ColumnInspection } from './inspection/inspect-columns.ts';
import type { Judgement } from './inspection/judge-columns.ts';

/** What the operator should know before a run, one sentence each: names and numbers, never a value. */
export function planWarnings(plan: Plan, { planned }: Judgement): readonly string[] {
  const ofColumns = planned.flatMap(({ inspection, columns }) =>
    columns.flatMap((column) => {
      const name = renderColumnName({
        table: inspection.description.table,
        column: column.description.name,
      });
      const becomes = unrecognisedIn(plan, inspection.description.table, column.description.name);
      return columnWarnings(column, becomes).map((warning) => `${name}: ${warning}`);
    }),
  );
  const remaining = columnsKeepingTheOldKey(plan).map(
    (column) =>
      `${renderColumnName(column)} opens under the old key but is ${column.reason}: ` +
      (isUnwritable(column)
        ? 'a rotation is refused (exit 2) unless --exclude leaves the column under the old key'
        : 'the run ends with exit 14 if the census after it still finds such cells there'),
  );
  const foreign = plan.excluded
    .filter(({ opensUnder }) => opensUnder === 'neither')
    .map(
      (column) => `${renderColumnName(column)} looks encrypted, but neither key opens it: it stays as it is`,
    );
  return [...ofColumns, ...remaining, ...foreign, ...spaceWarnings(plan)];
}

function unrecognisedIn(plan: Plan, table: string, column: string): PlannedColumn['unrecognised'] {
  const target = plan.targets.find((one) => one.table === table);
  return target?.columns.find((one) => one.name === column)?.unrecognised ?? 'quarantine';
}

const fates: Readonly<Record<PlannedColumn['unrecognised'], string>> = {
  leave: 'a run leaves such values as they are (--unrecognised quarantine lists them instead)',
  quarantine:
    'a run quarantines such values (--repair-plaintext encrypts them, --unrecognised leave lets them be)',
  encrypt: 'a run encrypts such values',
};

/** Something that is so of some cells of a column: of one, of several, and what a run makes of it. */
interface Oddity {
  readonly cells: number;
  readonly one: string;
  readonly several: string;
  readonly fate: string;
}

function columnWarnings(column: ColumnInspection, becomes: PlannedColumn['unrecognised']): readonly string[] {
  const { cells } = column;
  const encrypted = cells.old + cells.new + closedCells(cells);
  const inspected = encrypted + cells.null + cells.empty + cells.plaintext;
  const warnings = odditiesOf(column, becomes)
    .filter((oddity) => oddity.cells > 0)
    .map(
      (oddity) =>
        `${shareText(oddity.cells, inspected)} ${oddity.cells === 1 ? oddity.one : oddity.several}: ${oddity.fate}`,
    );
  return encrypted > 0
    ? warnings
    : ['planned because it was named; no cell in it looks encrypted', ...warnings];
}

function odditiesOf(
  { cells, nested, irregular, standIns }: ColumnInspection,
  becomes: PlannedColumn['unrecognised'],
): readonly Oddity[] {
  const marked = 'plaintext that the application has marked as not encrypted';
  return [
    {
      cells: cells.plaintext - standIns,
      one: 'is not encrypted',
      several: 'are not encrypted',
      fate: fates[becomes],
    },
    { cells: standIns, one: `is ${marked}`, several: `are ${marked}`, fate: fates[becomes] },
    {
      cells: cells.unknown,
      one: 'opens under neither key',
      several: 'open under neither key',
      fate: 'a run quarantines such cells',
    },
    {
      cells: cells.displaced,
      one: 'names a key that does not open it where it stands',
      several: 'name a key that does not open them where they stand',
      fate: 'a run quarantines such cells',
    },
    {
      cells: nested,
      one: 'is encrypted twice',
      several: 'are encrypted twice',
      fate: 'what such a cell holds is an encrypted cell again, and a run rewrites the outer one only',
    },
    {
      cells: irregular,
      one: 'has other characters around or within it',
      several: 'have other characters around or within them',
      fate: 'a rewritten cell will not have these',
    },
  ];
}

function shareText(cells: number, inspected: number): string {
  if (inspected === 1) return 'the one cell inspected';
  const all = countText(inspected);
  return cells === inspected
    ? `all ${all} cells inspected`
    : `${countText(cells)} of the ${all} cells inspected`;
}

function spaceWarnings({ estimate }: Plan): readonly string[] {
  const { freeBytes, backupBytes, growthBytes = 0, logBytes } = estimate;
  if (freeBytes === null || freeBytes > backupBytes + growthBytes + logBytes) return [];
  return [
    `the disk has ${byteText(freeBytes)} free; a backup needs ${byteText(backupBytes)}, the database about ${byteText(growthBytes)} more, and its log up to ${byteText(logBytes)}`,
  ];
}
