import type { FieldType, Sensitivity } from './field-type.ts';

/**
 * How a column of plaintext can be encrypted: each value where it stands; the same in cells that are bound to their column alone
 * (`--bind column`), because nothing names their rows for good; into a column of its own (`--into`), because cells cannot stand
 * in it; or not at all, as its table is.
 */
export type EncryptionWay = 'in place' | 'bound to its column' | 'into another column' | 'none';

/** How a column can be encrypted, as plans say. */
export interface FoundWay {
  readonly encryption: EncryptionWay;
  /** What stands in the way of the usual cells in their usual place; `null`: nothing, or the type of the column. */
  readonly obstacle: string | null;
}

/** A column in which a scan has found personal data or secrets in plaintext. */
export interface ExposedColumn extends FoundWay {
  /** As `--column` takes it. */
  readonly name: string;
  /** What was found in it, e.g. `e-mail addresses`. */
  readonly looksLike: string;
  readonly fieldType: FieldType;
  readonly sensitivity: Sensitivity;
}
