import type { KeyObject } from 'node:crypto';
import type { CellEncoding } from '../encodings/cell-encoding.ts';
import type { PartOrder } from './sealed-layout.ts';

/** An authenticated cipher and how its cells are written: random nonce, no additional data. */
export interface AeadParts {
  readonly algorithm: 'aes-256-gcm' | 'chacha20-poly1305';
  readonly order: PartOrder;
  readonly encoding: CellEncoding;
}

/** The parts of a format, with its key. */
export interface KeyedParts extends AeadParts {
  readonly key: KeyObject;
}
