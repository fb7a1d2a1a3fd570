import type { SecretKey } from '../keys/secret-key.ts';
import type { CandidateShape } from '../model/cells/candidate-shape.ts';
import type { CellPlaces } from '../model/cells/cell-places.ts';
import type { PackedCells, SpacedCells } from '../model/cells/packed-cells.ts';
import type { PlainBatch } from '../model/cells/plain-batch.ts';
import type { CellClass, CellValue } from '../model/cells/stored-value.ts';
import type { FormatName } from '../model/columns/column-state.ts';

/** How an encrypted cell is laid out in bytes. One implementation a file; the registry names them all. */
export interface CellFormat {
  /** The family's name and the value of every option. */
  readonly name: FormatName;
  /** Length of the key in bytes; of a master string the least length. */
  readonly keyBytes: number;
  /** Where the key is no random bytes but text, whose characters are the key. */
  readonly keyShape?: 'master string';
  /** With `none`, a wrong key can seem to open a cell: such a format is only ever read, to migrate away from it. */
  readonly integrity: 'authenticated' | 'none';
  /** Whether bytes alone tell that something is a cell of this format, or only a key that opens it. */
  readonly detection: 'by content' | 'by key';
  /** Whether a cell says when it was first sealed. */
  readonly timestamps: 'in each cell' | 'none';
  /** Whether a cell says what type its plaintext had, so that decryption gives back a number as a number. */
  readonly types: 'in each cell' | 'none';
  /** What of its place a cell is bound to: somewhere else it does not open. */
  readonly binding: 'row' | 'column' | 'none';
  /** The storage classes in which its cells can stand. */
  readonly classes: readonly CellClass[];
  /** What the application writes in front of a value that it could not encrypt. */
  readonly standIn?: string;
  /** What every cell of this format looks like, for a database that searches a whole column for candidates. */
  readonly candidate: CandidateShape;
  /** How a cell in text is written, as far as a trigger without any key can tell; only where it says more than `candidate`. */
  readonly stencil?: CellStencil;
  /** Strict detection by layout alone, without a key: true only for the canonical form. */
  recognises(cell: CellValue): boolean;
  /**
   * Whether something else stands in a cell that opens, which whoever opens it passes over, but a new cell would not have: another
   * cell, a note. Where it is missing there is no such thing.
   */
  holdsMore?(cell: CellValue): boolean;
  /** Its name with the options that most of these cells say of themselves, so that they can be sealed as they were. */
  nameFor?(cells: readonly CellValue[]): FormatName;
  /** Prepares everything that depends on the key alone. */
  bind(key: SecretKey): CellCipher;
}

/** What every canonical cell in text begins with, and the characters of which it consists, as a class of GLOB. */
interface CellStencil {
  readonly prefix: string;
  readonly characters: string;
}

/** A format with its key. Works on batches: see PlainBatch. */
export interface CellCipher {
  /**
   * Opens every cell it can where it stands; a cell it cannot open has an empty plaintext and says why in `outcomes`. A
   * format with a `binding` throws where it has cells and is not told their places, here and when sealing.
   */
  openBatch(cells: readonly CellValue[], places?: CellPlaces): OpenedBatch;
  /** Seals every plaintext with fresh randomness, each in the requested storage class. */
  sealBatch(plaintexts: PlainBatch, classes: readonly CellClass[], places?: CellPlaces): readonly CellValue[];
  /** The same for cells that are packed, as far as a format can do that faster than by unpacking them. */
  readonly packed?: PackedCipher;
}

/**
 * Works on the rows of packed cells that hold something, and on no other: the results count those alone, and so do the places
 * they are given.
 */
export interface PackedCipher {
  /** May find a cell malformed that `openBatch` opens, because it is written in an unusual way. Never the other way round. */
  open(cells: PackedCells, places?: CellPlaces): OpenedBatch;
  /** Seals a plaintext for each such row of `old`, in its class; in the other rows there is no cell. */
  seal(plaintexts: PlainBatch, old: PackedCells, places?: CellPlaces): SpacedCells;
  /**
   * Whether `openBatch` might find the value that lies there anything but malformed, as far as a glance tells: asked of every value of
   * a column of plaintext. Absent where a glance tells nothing.
   */
  mayBeCell?(bytes: Uint8Array, start: number, length: number): boolean;
}

/** The result of opening a batch: `outcomes[i]` tells about cell `i`, the rest is its plaintext. */
export interface OpenedBatch extends PlainBatch {
  readonly outcomes: readonly OpenOutcome[];
}

/**
 * `rejected`: this key did not make it, or it was tampered with. `displaced`: it says that this key made it, and yet does not
 * open here: it was moved, is bound to another place, or was tampered with. `malformed`: not this format at all.
 */
export type OpenOutcome = 'opened' | 'rejected' | 'displaced' | 'malformed';
