import { closedCells } from '../model/columns/column-census.ts';
import { renderColumnName } from '../model/columns/column-name.ts';
import type { Plan, PlannedColumn } from '../model/plans/plan.ts';
import { byteText } from '../model/texts/byte-text.ts';
import { countText } from '../model/texts/count-text.ts';
import { countedText } from '../model/texts/counted-text.ts';
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
  leave: 'left as they are (--unrecognised quarantine lists them instead)',
  quarantine: 'to be quarantined (--repair-plaintext encrypts them, --unrecognised leave lets them be)',
  encrypt: 'to be encrypted',
};

function columnWarnings(column: ColumnInspection, becomes: PlannedColumn['unrecognised']): readonly string[] {
  const { cells, nested, irregular, standIns } = column;
  const found: readonly (readonly [number, string])[] = [
    [cells.plaintext - standIns, `no encrypted cells, ${fates[becomes]}`],
    [standIns, `plaintext that the application has marked as not encrypted, ${fates[becomes]}`],
    [cells.unknown, 'under neither key, to be quarantined'],
    [cells.displaced, 'naming a key that does not open them where they stand, to be quarantined'],
    [
      nested,
      'encrypted twice: what they hold is an encrypted cell again, and only the outer one is rewritten',
    ],
    [irregular, 'surrounded or broken by other characters, which a rewritten cell will not have'],
  ];
  const encrypted = cells.old + cells.new + closedCells(cells);
  const inspected = encrypted + cells.null + cells.empty + cells.plaintext;
  const warnings = found
    .filter(([count]) => count > 0)
    .map(([count, what]) => `${countText(count)} of ${countedText(inspected, 'cell')} inspected: ${what}`);
  return encrypted > 0
    ? warnings
    : ['planned because it was named; no cell in it looks encrypted', ...warnings];
}

function spaceWarnings({ estimate }: Plan): readonly string[] {
  const { freeBytes, backupBytes, growthBytes = 0, logBytes } = estimate;
  if (freeBytes === null || freeBytes > backupBytes + growthBytes + logBytes) return [];
  return [
    `the disk has ${byteText(freeBytes)} free; a backup needs ${byteText(backupBytes)}, the database about ${byteText(growthBytes)} more, and its log up to ${byteText(logBytes)}`,
  ];
}
