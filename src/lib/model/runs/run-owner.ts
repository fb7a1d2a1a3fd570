/** A process, named so that no later process is mistaken for it. */
export interface RunOwner {
  readonly host: string;
  /** Changes at every start of the machine; empty where the system does not tell. */
  readonly bootId: string;
  readonly processId: number;
  /** When the process started, in the system's own units; empty where the system does not tell. */
  readonly processStart: string;
}

/** Who runs, and how it finds out whether another run still lives. */
export interface Runner {
  readonly owner: RunOwner;
  readonly actor: string;
  isGone(owner: RunOwner): boolean;
}

/** How long a lease lasts without being renewed. */
export const leaseMilliseconds = 60_000;

/** What is known of a run that holds, or held, the database's lock. */
export interface RunLease {
  readonly workerId: number;
  readonly migrationId: string;
  readonly owner: RunOwner;
  /** Milliseconds since 1970 by the database's clock. */
  readonly leaseUntil: number;
  /** The database's clock when the lease was read. */
  readonly now: number;
  /** Why the run goes slower than it could; `null` where it does not. */
  readonly throttle: string | null;
}
