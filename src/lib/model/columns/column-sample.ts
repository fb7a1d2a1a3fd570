/**
 * What the ledger keeps of a random sample of one column's old values: fingerprints, which only the migration's key can
 * read; never a value. A fingerprint covers a window, a few bytes in a row somewhere in the value.
 */
export interface ColumnSample {
  readonly targetId: number;
  readonly column: string;
  /** Length of a window, in bytes. */
  readonly windowBytes: number;
  /** Values of which there is a fingerprint. */
  readonly values: number;
  readonly passedOver: PassedOver;
  /** All fingerprints, sealed. */
  readonly fingerprints: Uint8Array;
}

/** Values that the sample met and took no fingerprint of. */
export interface PassedOver {
  /** Shorter than a window. */
  readonly short: number;
  /** Every window of them occurs in other values, too, so that finding it proves nothing. */
  readonly repeated: number;
  /** Numbers, which stand in files as other bytes. */
  readonly other: number;
}
