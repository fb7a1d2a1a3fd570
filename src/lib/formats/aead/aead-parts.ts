import type { KeyObject } from 'node:crypto';
import type { CellEncoding } from '../encodings/cell-encoding.ts';
import type { PartOrder } from './sealed-layout.ts';
import type { ValueKey } from './value-cipher.ts';
import type { ValueFrame } from './value-frame.ts';

/** An authenticated cipher and how its cells are written: random nonce, no additional data. */
export interface AeadParts extends Pick<ValueKey, 'algorithm'> {
  readonly order: PartOrder;
  readonly encoding: CellEncoding;
}

/** The parts of a format, with its key and the place where it works. */
export interface KeyedParts extends AeadParts {
  readonly key: KeyObject;
  readonly frame: ValueFrame;
}
