/** A necessary condition on a cell; a database turns it into a prefilter in its own language. */
export interface CandidateShape {
  /** Shortest cell, in characters (text) or bytes (blob), white space around it not counted. */
  readonly minimumLength: number;
  /** The first character is one of these, after leading white space; `null`: any. */
  readonly firstCharacters: string | null;
}
