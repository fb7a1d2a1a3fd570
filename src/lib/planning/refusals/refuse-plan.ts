import type { CellFormat } from '../../formats/cell-format.ts';
import { cellClassOf } from '../../model/cells/stored-value.ts';
import { closedCells } from '../../model/columns/column-census.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import type { TableInspection } from '../inspection/inspect-columns.ts';
import type { Judgement } from '../inspection/judge-columns.ts';

/** Names printed in full; of more, only the number is told. */
const namesInFull = 20;

/** What to type where cells name a key, but do not open where they stand. */
export const displacedHints: readonly string[] = [
  'cells that name the key are bound to another place; say to which: --format tink-xaes:bind=column, or bind=none',
  'where the table or the column was renamed since: --sealed-as NEW_NAME=OLD_NAME',
];

/** Throws that neither key fits what was found (exit 12), naming the columns. */
export function refuseWrongKey({ planned, excluded }: Judgement, format: CellFormat): never {
  const foreign = excluded
    .filter(({ reason }) => reason === 'under a key that is neither the old nor the new one')
    .map((column) => renderColumnName(column));
  const unopened = planned.flatMap(({ inspection, columns }) =>
    columns
      .filter(({ cells }) => closedCells(cells) > 0)
      .map(({ description }) =>
        renderColumnName({ table: inspection.description.table, column: description.name }),
      ),
  );
  const isDisplaced = planned.some(({ columns }) => columns.some(({ cells }) => cells.displaced > 0));
  const someAreNew = planned.some(({ columns }) => columns.some(({ cells }) => cells.new > 0));
  const what = someAreNew
    ? 'the old key opens nothing, and beside cells that are already under the new key stand others that it does not open either'
    : 'neither the old nor the new key opens any cell';
  throw new KeyturnError({
    code: 'KT_WRONG_KEY',
    reason: 'wrongKey',
    message: `${what}: ${list([...unopened, ...foreign])}`,
    hints: [
      ...(isDisplaced ? displacedHints : []),
      ...(format.detection === 'by key' ? [otherFormatHint(format)] : []),
      'compare the old key with the one the application is configured with: keyturn keys inspect OLD_KEY_REFERENCE',
      'if these columns belong to somebody else, leave them out: --exclude TABLE.COLUMN',
    ],
  });
}

/** Cells that no byte tells from others open under no key where they are taken for something else. */
function otherFormatHint({ name }: CellFormat): string {
  return `if the key is right, the cells are not ${name}: leave --format out to see what else they could be`;
}

/** Throws where text cells are to become a format that only blobs can hold (exit 2), naming the columns. */
export function refuseTextCells({ planned }: Judgement, { classes, name }: CellFormat): void {
  const columns = planned.flatMap(({ inspection, columns }) =>
    columns
      .filter(({ oldCells }) => oldCells.cells.some((cell) => !classes.includes(cellClassOf(cell))))
      .map(({ description }) => ({ table: inspection.description.table, column: description.name })),
  );
  if (columns.length === 0) return;
  throw new KeyturnError({
    code: 'KT_FORMAT_NEEDS_BLOBS',
    reason: 'usage',
    message: `${name} is raw bytes, but cells of ${list(columns.map(renderColumnName))} are text`,
    hints: [
      `choose an encoding in text: --to-format ${name.replace('encoding=raw', 'encoding=base64')}`,
      'leave these columns out: --exclude TABLE.COLUMN',
    ],
  });
}

/** Throws that no column looks encrypted (exit 17), naming what was looked at. */
export function refuseNothing(inspections: readonly TableInspection[], { excluded }: Judgement): never {
  const looked = inspections.map(
    ({ description, columns, rows }) =>
      `${renderColumnName(description)} (${countedText(columns.length, 'column')}, ${countedText(rows, 'row')})`,
  );
  const seen = looked.length === 0 ? 'the database has no tables' : `looked at ${list(looked)}`;
  const left = excluded.map((column) => `${renderColumnName(column)} (${column.reason})`);
  throw new KeyturnError({
    code: 'KT_NOTHING_FOUND',
    reason: 'nothingFound',
    message: `found no encrypted column to plan for: ${seen}${left.length === 0 ? '' : `; left out: ${list(left)}`}`,
    hints: [
      'check that this is the database the application uses',
      'name a column yourself: --column TABLE.COLUMN',
    ],
  });
}

function list(names: readonly string[]): string {
  const shown = names.slice(0, namesInFull).join(', ');
  return names.length > namesInFull ? `${shown} and ${names.length - namesInFull} more` : shown;
}
