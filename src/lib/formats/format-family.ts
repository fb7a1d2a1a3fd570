import type { FormatName } from '../model/columns/column-state.ts';
import type { CellFormat } from './cell-format.ts';

/** A format in the registry: formats that differ in nothing but options. */
export interface FormatFamily {
  /** Lower-case words and numbers with dashes between them. */
  readonly name: string;
  /** Its options by name, in the order in which a name lists them. */
  readonly options: Readonly<Record<string, FormatOption>>;
  /** The format for one choice of every option. */
  create(name: FormatName, options: FormatOptions): CellFormat;
}

/** One setting of a format. */
export interface FormatOption {
  /** Holds where a name does not say otherwise. */
  readonly initial: string;
  /** The values there are, for a message: `raw, base64 or hex`. */
  readonly values: string;
  /** Every value worth trying where a format is to be found out. */
  readonly tried: readonly string[];
  accepts(value: string): boolean;
}

/** A value for every option of a family. */
export type FormatOptions = Readonly<Record<string, string>>;

/** A family of one format, which has no options. */
export function withoutOptions(format: CellFormat): FormatFamily {
  return { name: format.name, options: {}, create: () => format };
}

/** An option that takes any text without a comma; it is left out of a name where it is empty. */
export const textOption: FormatOption = {
  initial: '',
  values: 'a name without commas',
  tried: [''],
  accepts: (value) => !value.includes(','),
};

/** An option that takes one of a few values; the first is the initial one. */
export function oneOf(...values: readonly [string, ...string[]]): FormatOption {
  return {
    initial: values[0],
    values: values.join(', '),
    tried: values,
    accepts: (value) => values.includes(value),
  };
}
