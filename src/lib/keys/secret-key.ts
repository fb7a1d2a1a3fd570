import { createHmac, timingSafeEqual } from 'node:crypto';
import { inspect } from 'node:util';
import type { KeyId } from '../model/columns/column-state.ts';

/**
 * A key that cannot be printed: every way of turning it into text gives `[secret key 1a2b3c4d]`.
 * Its bytes are lent only inside `use`, which the linter allows in `formats/`, `indexes/` and `keys/` alone.
 */
export class SecretKey {
  readonly #bytes: Uint8Array;
  /** HKDF-Expand(key, "keyturn/kcv/v1", 32 bytes) as hexadecimal (RFC 5869): names the key without revealing it. */
  readonly checkValue: string;
  /** The first four bytes of the check value. */
  readonly id: KeyId;

  /** Takes a private copy of `bytes`; the caller may wipe its own. */
  constructor(bytes: Uint8Array) {
    this.#bytes = Uint8Array.from(bytes);
    this.checkValue = expandCheckValue(this.#bytes);
    this.id = this.checkValue.slice(0, 8);
  }

  /** Lends the key's bytes to `work`, which must neither keep nor change them. */
  use<Result>(work: (bytes: Uint8Array) => Result): Result {
    return work(this.#bytes);
  }

  /** Compares in constant time. */
  equals(other: SecretKey): boolean {
    return this.#bytes.length === other.#bytes.length && timingSafeEqual(this.#bytes, other.#bytes);
  }

  toString(): string {
    return `[secret key ${this.id}]`;
  }

  toJSON(): string {
    return this.toString();
  }

  [inspect.custom](): string {
    return this.toString();
  }
}

/** The first and only block of HKDF-Expand: T(1) = HMAC-SHA256(key, info || 0x01). */
function expandCheckValue(key: Uint8Array): string {
  return createHmac('sha256', key).update('keyturn/kcv/v1').update(Uint8Array.of(1)).digest('hex');
}
