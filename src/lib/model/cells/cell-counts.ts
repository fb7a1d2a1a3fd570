/** How the cells of a range were found and what was done with them; each cell is counted once. */
export interface CellCounts {
  /** Opened under the old key and now stand under the new one. */
  readonly rewritten: number;
  /** Already opened under the new key. */
  readonly already: number;
  readonly null: number;
  readonly empty: number;
  /** Open under neither key; left byte for byte as they were, listed as issues. */
  readonly quarantined: number;
  /** No cell of the column's format, in a column where the plan leaves such values alone. */
  readonly left: number;
  /** Changed or deleted by another writer before they could be replaced; looked at again later. */
  readonly deferred: number;
}

/** The counts of a range without any cell. */
export const noCells: CellCounts = {
  rewritten: 0,
  already: 0,
  null: 0,
  empty: 0,
  quarantined: 0,
  left: 0,
  deferred: 0,
};

/** Adds two counts field by field. */
export function addCounts(one: CellCounts, other: CellCounts): CellCounts {
  return {
    rewritten: one.rewritten + other.rewritten,
    already: one.already + other.already,
    null: one.null + other.null,
    empty: one.empty + other.empty,
    quarantined: one.quarantined + other.quarantined,
    left: one.left + other.left,
    deferred: one.deferred + other.deferred,
  };
}
