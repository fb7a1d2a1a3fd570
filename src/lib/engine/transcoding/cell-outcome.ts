/**
 * What a cell was found to be; `rewritten` means that a new cell stands ready for it, `refused` that it opens, but that a new one
 * would lose what else stands in it.
 */
export type CellOutcome =
  'rewritten' | 'already' | 'null' | 'empty' | 'rejected' | 'displaced' | 'malformed' | 'refused' | 'left';
