/** A cell format keyturn can open and seal. */
export type FormatName = 'fernet';

/** First four bytes of a key check value, as eight lower-case hexadecimal digits: names a key, reveals nothing of it. */
export type KeyId = string;

/** What the cells of a column are; a plan takes a column from one state to another. */
export type ColumnState =
  | { readonly kind: 'plaintext' }
  | { readonly kind: 'encrypted'; readonly format: FormatName; readonly keyId: KeyId };
