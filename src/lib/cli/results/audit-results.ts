/*
 * What `--json` prints of the audit commands; see `results.ts`.
 */

/** `audit verify`. */
export interface AuditVerifyResult {
  readonly database: string;
  readonly outcome: 'intact' | 'broken chain' | 'contradicted';
  readonly events: number;
  /** Number and hash of the last event, to note elsewhere; `null` where there is none. */
  readonly head: string | null;
  readonly firstBadEvent: BadEvent | null;
  /** Migrations whose state was not reached through an event. */
  readonly contradictions: readonly ContradictedMigration[];
  readonly next: readonly string[];
}

/** An event that is not as it was appended. */
interface BadEvent {
  readonly seq: number;
  readonly problem: 'missing' | 'edited' | 'out of place' | 'cut off' | 'no head';
}

/** A migration whose row says something else than its events. */
interface ContradictedMigration {
  readonly migration: string;
  readonly state: string;
  readonly stateOfEvents: string;
}

/** `audit log`. */
export interface AuditLogResult {
  readonly database: string;
  readonly events: readonly LoggedEvent[];
}

/** One event, oldest first. */
interface LoggedEvent {
  readonly seq: number;
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly migration: string | null;
  readonly actor: string;
  readonly type: string;
  readonly body: unknown;
  readonly hash: string;
}
