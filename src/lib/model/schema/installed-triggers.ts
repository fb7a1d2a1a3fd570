/** What keyturn puts triggers on tables for: to guard a column, or to keep a pair of columns in step. */
export type TriggerPurpose = 'guard' | 'pair';

/** The triggers of one guard or one pair that a database has, whatever its ledger knows of them. */
export interface InstalledTriggers {
  readonly purpose: TriggerPurpose;
  /** The number of the guard or pair, as the names of the triggers have it. */
  readonly id: number;
  /** The tables they are on; none where only what they would call is left. */
  readonly tables: readonly string[];
  /** Statements of SQL that remove them with all that goes with them, in one line. */
  readonly removal: string;
}

/** What something of keyturn's own belongs to, by its name; undefined where it is named otherwise. */
export function purposeOf(name: string): Pick<InstalledTriggers, 'purpose' | 'id'> | undefined {
  const [, purpose, id] = /^keyturn_(guard|pair)_(\d+)_/u.exec(name) ?? [];
  return purpose === 'guard' || purpose === 'pair' ? { purpose, id: Number(id) } : undefined;
}
