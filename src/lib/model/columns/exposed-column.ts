import type { FieldType, Sensitivity } from './field-type.ts';

/** A column in which a scan has found personal data or secrets in plaintext. */
export interface ExposedColumn {
  /** As `--column` takes it. */
  readonly name: string;
  /** What was found in it, e.g. `e-mail addresses`. */
  readonly looksLike: string;
  readonly fieldType: FieldType;
  readonly sensitivity: Sensitivity;
}
