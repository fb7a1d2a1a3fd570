import type { FieldType, Sensitivity } from './field-type.ts';

/**
 * How a column of plaintext can be encrypted: each value where it stands; into a column of its own (`--into`), because cells
 * cannot stand in it; or not at all, as its table is.
 */
export type EncryptionWay = 'in place' | 'into another column' | 'none';

/** A column in which a scan has found personal data or secrets in plaintext. */
export interface ExposedColumn {
  /** As `--column` takes it. */
  readonly name: string;
  /** What was found in it, e.g. `e-mail addresses`. */
  readonly looksLike: string;
  readonly fieldType: FieldType;
  readonly sensitivity: Sensitivity;
  readonly encryption: EncryptionWay;
}
