/** The storage of a table, as far as it decides what rewriting its rows costs. */
export type TableStorage = StoredInPlace | StoredAnew;

/** A row that changes takes the room of what it was, and more where it has grown. */
interface StoredInPlace {
  readonly kind: 'in place';
  /** What the rows take, without any index. */
  readonly bytes: number;
  readonly indexes: readonly StoredIndex[];
}

/** A row that changes is written anew; what it was stays beside it until it is vacuumed. */
interface StoredAnew {
  readonly kind: 'anew';
  readonly bytes: number;
  readonly indexes: readonly (StoredIndex & { readonly bytes: number })[];
  /** How far rows lie in the order in which they are walked, from 0 to 1: where they do not, old ones make room for later ones. */
  readonly order: number;
  /** The part of each page that is left free for rows that change, from 0 to 1. */
  readonly spare: number;
}

/** An index of the database, and the planned columns that it is made of. */
interface StoredIndex {
  readonly columns: readonly string[];
}
