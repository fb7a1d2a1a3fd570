import { closedCells } from '../../model/columns/column-census.ts';
import { renderColumnName } from '../../model/columns/column-name.ts';
import type { Plan } from '../../model/plans/plan.ts';
import { countedText } from '../../model/texts/counted-text.ts';
import type { PlaintextInspection } from './inspect-plaintext.ts';

/** What the operator should know before columns are encrypted or decrypted: names and numbers, never a value. */
export function encryptionWarnings(
  { kind, targets }: Plan,
  inspections: readonly PlaintextInspection[],
): readonly string[] {
  return targets.flatMap(({ table, columns }) =>
    columns.flatMap(({ name, from, to, fieldType }) => {
      const column = renderColumnName({ table, column: name });
      const unknown = unknownIn(inspections, table, name);
      const plaintext = from.kind === 'plaintext' ? from : to;
      const misfits = misfitsIn(inspections, table, name);
      const isAssumed = plaintext.kind === 'plaintext' && plaintext.lookalikes === 'encrypt';
      const unlike =
        misfits !== undefined && misfits.unfit > 0 && fieldType !== undefined
          ? [
              `${column}: ${misfits.unfit} of ${countedText(misfits.values, 'value')} inspected ${misfits.unfit === 1 ? 'does' : 'do'} not look like ${fieldType}; they are encrypted all the same`,
            ]
          : [];
      if (unknown === 0 || isAssumed) return unlike;
      const advice = kind === 'encrypt' ? `; --assume-plaintext ${column} encrypts them too` : '';
      return [
        ...unlike,
        `${column}: ${countedText(unknown, 'cell looks encrypted but does', 'cells look encrypted but do')} not open under the key, to be quarantined${advice}`,
      ];
    }),
  );
}

/** A cell that is shaped as those of the key's own format is among the lookalikes, as far as it is canonical. */
function unknownIn(inspections: readonly PlaintextInspection[], table: string, name: string): number {
  const { found, place } = findColumn(inspections, table, name);
  const column = found?.inspection.columns[place];
  return column ? Math.max(closedCells(column.cells), found.lookalikes[place] ?? 0) : 0;
}

function misfitsIn(
  inspections: readonly PlaintextInspection[],
  table: string,
  name: string,
): PlaintextInspection['misfits'][number] | undefined {
  const { found, place } = findColumn(inspections, table, name);
  return found?.misfits[place];
}

function findColumn(
  inspections: readonly PlaintextInspection[],
  table: string,
  name: string,
): { readonly found: PlaintextInspection | undefined; readonly place: number } {
  const found = inspections.find(({ inspection }) => inspection.description.table === table);
  const place = found?.inspection.description.columns.findIndex((column) => column.name === name) ?? -1;
  return { found, place };
}
