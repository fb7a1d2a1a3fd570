import type { TargetDatabase } from '../databases/target-database.ts';
import type { KeyId } from '../model/columns/column-state.ts';
import type { DatabaseIdentity } from '../model/databases/database-identity.ts';
import type { ServerLoad } from '../model/databases/server-load.ts';
import type { ServerReport } from '../model/databases/server-report.ts';

/** `warn`: works today, and may hurt; `fail`: a run would be refused, or a secret lies open. */
type Verdict = 'ok' | 'warn' | 'fail';

/** What is wrong, with what to do about it. */
interface Problem {
  readonly message: string;
  readonly fix: string | null;
}

/** What one check found, with what to do about it. */
export interface Finding extends Problem {
  readonly verdict: Verdict;
  /** A command or a step; `null` where all is well. */
  readonly fix: string | null;
}

/** A key that the operator named, as far as it could be loaded. */
export interface ExaminedKey {
  readonly role: 'old' | 'new' | 'payload';
  /** Safe to print. */
  readonly reference: string;
  /** `null` where there is no such key. */
  readonly id: KeyId | null;
  readonly problem: Problem | null;
  readonly warnings: readonly string[];
}

/** How many cells of a sample open, by column. */
export interface SampledColumn {
  readonly table: string;
  readonly column: string;
  readonly opened: number;
  /** Cells by their layout that none of the keys opens. */
  readonly unknown: number;
}

/** All that checks may look at. It is opened to be read, and no check changes anything. */
export interface Subject {
  /** Canonical path of the database. */
  readonly location: string;
  /** `null` where it cannot be opened; `problem` then says why. */
  readonly database: TargetDatabase | null;
  readonly problem: Problem | null;
  readonly keys: readonly ExaminedKey[];
  /** Pairs of roles that turned out to be one and the same key. */
  readonly sameKeys: readonly (readonly [ExaminedKey['role'], ExaminedKey['role']])[];
  /** `null` where the database is a file, or cannot be opened. */
  readonly server: { readonly report: ServerReport; readonly load: ServerLoad } | null;
  /** `null` where no key could be tried. */
  readonly sample: readonly SampledColumn[] | null;
}

/** One thing to look at. One implementation a file; the registry names them all. */
export interface Check {
  /** What it looks at, in a few words. */
  readonly name: string;
  /** The kinds of database it knows. */
  readonly databases: readonly DatabaseIdentity['kind'][];
  /** Never throws for what it looks at: what cannot be found out is left out, or is a warning. */
  examine(subject: Subject): Promise<readonly Finding[]>;
}

/** Nothing to do. */
export function ok(message: string): Finding {
  return { verdict: 'ok', message, fix: null };
}

/** Works today, and may hurt. */
export function warn(message: string, fix: string): Finding {
  return { verdict: 'warn', message, fix };
}

/** A run would be refused, or a secret lies open. */
export function fail(message: string, fix: string | null): Finding {
  return { verdict: 'fail', message, fix };
}
