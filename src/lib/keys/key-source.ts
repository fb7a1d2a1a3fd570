import type { KeyRole } from './key-role.ts';

/** What a source can promise: a `durable` key outlives this process; a `volatile` one keyturn cannot find again. */
export type KeyDurability = 'durable' | 'volatile';

/** A key as its source stores it: text in some encoding, or raw bytes. Whoever reads it wipes `bytes`. */
export interface KeyMaterial {
  readonly bytes: Uint8Array;
  /** What the operator should know, e.g. that the file's group can read it; never a secret. */
  readonly warnings: readonly string[];
}

/** One key's place, understood but not read yet. A literal key lives only inside the closure of `read`. */
export interface KeyOrigin {
  /** Safe to print: never the key, not even where the operator typed one. */
  readonly display: string;
  readonly durability: KeyDurability;
  /** What a plan stores to find the key again; undefined for what can be read once, or is the key itself. */
  readonly stored: string | undefined;
  /** The descriptor that reading exhausts: two keys cannot come from the same one. */
  readonly descriptor?: number;
  /** Throws a KeyFault where there is no key to be had. The role is for a source that asks a person. */
  read(role: KeyRole): KeyMaterial | Promise<KeyMaterial>;
}

/** A kind of place keys come from. One implementation a file; the registry names them all. */
export interface KeySource {
  /** What stands before the colon of a key reference, e.g. `env`; `-` for standard input. */
  readonly scheme: string;
  /** How its references are written, e.g. `env:NAME`; hints and help texts list them. */
  readonly forms: readonly string[];
  /** Understands what stands behind the colon, without reading anything; throws a KeyFault where it cannot. */
  locate(location: string): KeyOrigin;
}
