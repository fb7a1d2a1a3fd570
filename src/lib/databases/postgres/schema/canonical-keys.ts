import { encodeRowKey, type CanonicalKeys } from '../../../model/cells/cell-places.ts';
import type { RowKey } from '../../../model/cells/row-batch.ts';
import type { StoredValue } from '../../../model/cells/stored-value.ts';
import { addressingOf } from '../reading/addressing.ts';
import type { ColumnShape, TableShape } from './table-shape.ts';

const integerTypes = new Set(['smallint', 'integer', 'bigint']);

/** Types whose text is the same in every session; that of a time with a zone, for example, follows a setting. */
const namingTypes = new Set(['uuid', 'date', 'timestamp without time zone', 'numeric', 'boolean']);

/** The columns whose values name a row for good: the primary key, where the texts of its values depend on no setting. */
export function canonicalKeyOf({ key, isKeyPrimary }: TableShape): readonly ColumnShape[] {
  const isNaming = ({ content, castType }: ColumnShape): boolean =>
    content !== 'other' || integerTypes.has(castType) || namingTypes.has(castType);
  return isKeyPrimary && key.every(isNaming) ? key : [];
}

/** Names the rows of a table by the keys that address them: whole numbers and bytes as such, anything else by its text. */
export function createKeyNamer(shape: TableShape): (keys: readonly RowKey[]) => CanonicalKeys {
  const columns = canonicalKeyOf(shape);
  if (columns.length === 0) return () => 'none';
  const addressing = addressingOf(shape);
  // Such keys are whole numbers as they are.
  if (addressing.keyKind === 'number') return (keys) => keys.map((key) => encodeRowKey([key]));
  return (keys) =>
    keys.map((key) =>
      encodeRowKey(addressing.partsOf(key).map((part, index) => valueOf(part, columns[index]))),
    );
}

function valueOf(text: string, column: ColumnShape | undefined): StoredValue {
  if (column?.content === 'bytea') return Buffer.from(text.slice(2), 'hex');
  return integerTypes.has(column?.castType ?? '') ? BigInt(text) : text;
}
