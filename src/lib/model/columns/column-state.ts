import type { PlainType } from '../cells/plain-type.ts';

/**
 * Names a cell format and all its options, as in a plan: `fernet`, `aes-256-gcm:layout=nonce-tag-ciphertext,encoding=raw`.
 * Which there are, the registry of cell formats knows; a name from outside goes through `formatNamed` first.
 */
export type FormatName = string;

/** First four bytes of a key check value, as eight lower-case hexadecimal digits: names a key, reveals nothing of it. */
export type KeyId = string;

/** A column that is not encrypted. */
export interface PlaintextState {
  readonly kind: 'plaintext';
  /** What its values are, for a cell format that does not keep the type of each. */
  readonly type: PlainType;
  /** Whether empty values are encrypted like others. */
  readonly empty: 'keep' | 'encrypt';
  /** The treatment of values that look like cells but open under no loaded key: never sealed again by default. */
  readonly lookalikes: 'quarantine' | 'encrypt';
}

/** What the cells of a column are; a plan takes a column from one state to another. */
export type ColumnState =
  PlaintextState | { readonly kind: 'encrypted'; readonly format: FormatName; readonly keyId: KeyId };
