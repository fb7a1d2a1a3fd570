import type { FieldType } from '../model/columns/field-type.ts';

/** Recognises one kind of personal data or secret in plaintext. One implementation a file; the registry names them all. */
export interface Detector {
  /** What it finds, in the plural, e.g. `e-mail addresses`. */
  readonly finds: string;
  readonly fieldType: FieldType;
  /**
   * What a find proves. `each`: one value is evidence, because chance hardly ever looks like it. `many`: only a column
   * in which a good part of the values look like it. `named`: the same, and its name has to say so.
   */
  readonly evidence: 'each' | 'many' | 'named';
  /** What names of columns that hold it look like, in lower case. */
  readonly columnNames: RegExp;
  /** Tells whether a text, without white space around it, is one. */
  detects(text: string): boolean;
}
