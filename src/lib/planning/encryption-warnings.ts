import { closedCells } from '../model/column-census.ts';
import type { Plan } from '../model/plan.ts';
import { renderColumnName } from '../model/column-name.ts';
import type { PlaintextInspection } from './inspect-plaintext.ts';

/** What the operator should know before columns are encrypted or decrypted: names and numbers, never a value. */
export function encryptionWarnings(
  { kind, targets }: Plan,
  inspections: readonly PlaintextInspection[],
): readonly string[] {
  return targets.flatMap(({ table, columns }) =>
    columns.flatMap(({ name, from, to }) => {
      const column = renderColumnName({ table, column: name });
      const unknown = unknownIn(inspections, table, name);
      const plaintext = from.kind === 'plaintext' ? from : to;
      const isAssumed = plaintext.kind === 'plaintext' && plaintext.lookalikes === 'encrypt';
      if (unknown === 0 || isAssumed) return [];
      const advice = kind === 'encrypt' ? `; --assume-plaintext ${column} encrypts them too` : '';
      return [
        `${column}: ${unknown} cells look encrypted but do not open under the key: they will be quarantined${advice}`,
      ];
    }),
  );
}

function unknownIn(inspections: readonly PlaintextInspection[], table: string, name: string): number {
  const found = inspections.find(({ inspection }) => inspection.description.table === table)?.inspection;
  const column = found?.columns.find(({ description }) => description.name === name);
  return column ? closedCells(column.cells) : 0;
}
