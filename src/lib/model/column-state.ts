/**
 * Names a cell format and all its options, as in a plan: `fernet`, `aes-256-gcm:layout=nonce-tag-ciphertext,encoding=raw`.
 * Which there are, the registry of cell formats knows; a name from outside goes through `formatNamed` first.
 */
export type FormatName = string;

/** First four bytes of a key check value, as eight lower-case hexadecimal digits: names a key, reveals nothing of it. */
export type KeyId = string;

/** What the cells of a column are; a plan takes a column from one state to another. */
export type ColumnState =
  | { readonly kind: 'plaintext' }
  | { readonly kind: 'encrypted'; readonly format: FormatName; readonly keyId: KeyId };
