/** Why a migration is `failed`, as the ledger keeps it; never a value of the database. */
export interface MigrationFailure {
  /** As errors have it, e.g. `KT_QUARANTINED`. */
  readonly code: string;
  readonly message: string;
}
