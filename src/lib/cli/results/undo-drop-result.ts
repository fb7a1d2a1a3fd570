/** `undo drop`. */
export interface UndoDropResult {
  readonly database: string;
  /** Old cells that were deleted. */
  readonly dropped: number;
  readonly next: readonly string[];
}
