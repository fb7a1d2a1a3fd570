/** What a cell was found to be; `rewritten` means that a new cell stands ready for it. */
export type CellOutcome =
  'rewritten' | 'already' | 'null' | 'empty' | 'rejected' | 'displaced' | 'malformed' | 'left';
