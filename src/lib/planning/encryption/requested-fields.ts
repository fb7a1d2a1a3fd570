import type { TableDescription } from '../../databases/table-description.ts';
import type { FieldPreset } from '../../detectors/field-presets.ts';
import { selectColumns } from '../inspection/select-columns.ts';

/** What a column holds, as it is said of it. */
export interface RequestedField {
  /** The column, as `--column` takes it. */
  readonly of: string;
  readonly preset: FieldPreset;
  /** Whether values can also be searched by their last four characters. */
  readonly retains: 'nothing' | 'last four';
}

/** Finds the preset of a column; undefined where nobody has said what it holds. */
export type PresetFinder = (table: string, column: string) => FieldPreset | undefined;

/** Understands which columns the fields are about. Throws where a name leads to no column (exit 2). */
export function presetsOf(
  fields: readonly RequestedField[],
  tables: readonly TableDescription[],
): PresetFinder {
  const named = fields.map(({ of, preset }) => ({
    preset,
    isOf: selectColumns({ tables: [], columns: [of], exclude: [] }, tables),
  }));
  return (table, column) => named.find(({ isOf }) => isOf(table, column) === 'named')?.preset;
}
