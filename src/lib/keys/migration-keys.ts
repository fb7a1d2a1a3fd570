import type { SecretKey } from './secret-key.ts';

/** The keys of a migration; `null` where cells are plaintext. */
export interface MigrationKeys {
  readonly old: SecretKey | null;
  readonly new: SecretKey | null;
  /** Those of blind indexes; which index is under which, its key id says. */
  readonly indexes?: readonly SecretKey[];
}
