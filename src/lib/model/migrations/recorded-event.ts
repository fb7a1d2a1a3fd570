/** An event as the ledger has it. Each hash covers the content and the hash of the event before. */
export interface RecordedEvent {
  readonly seq: number;
  readonly migrationId: string | null;
  /** Milliseconds since 1970 by the database's clock. */
  readonly at: number;
  readonly actor: string;
  readonly type: string;
  /** JSON in canonical form. */
  readonly body: string;
  readonly previousHash: string;
  readonly hash: string;
}

/** The last event that was ever appended. */
export interface ChainHead {
  readonly seq: number;
  readonly hash: string;
}
