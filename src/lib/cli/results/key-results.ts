import type { FormatName, KeyId } from '../../model/columns/column-state.ts';

/* Part of the public interface, as results.ts is. */

/** `keys generate`. */
export interface KeyGenerateResult {
  readonly id: KeyId;
  readonly format: FormatName;
  /** `null` where keyturn did not store the key. */
  readonly reference: string | null;
  /** The key itself, only where keyturn did not store it. */
  readonly key?: string;
  readonly next: readonly string[];
}

/** `keys compare`. */
export interface KeyCompareResult {
  readonly outcome: 'same' | 'different';
  readonly format: FormatName;
  /** Both keys, in the order in which they were named. */
  readonly keys: readonly ComparedKey[];
  readonly warnings: readonly string[];
  readonly next: readonly string[];
}

/** One of the keys that were compared. */
interface ComparedKey {
  readonly id: KeyId;
  readonly reference: string;
}

/** `keys inspect`. */
export interface KeyInspectResult {
  readonly id: KeyId;
  readonly checkValue: string;
  readonly format: FormatName;
  readonly reference: string;
  /** The key it is derived from, and each step from there; `null` where the reference leads to the key itself. */
  readonly derived: { readonly from: KeyId; readonly steps: readonly string[] } | null;
  readonly durability: 'durable' | 'volatile';
  readonly warnings: readonly string[];
  readonly next: readonly string[];
}
