/** `doctor`. */
export interface DoctorResult {
  readonly database: string;
  readonly findings: readonly {
    readonly check: string;
    readonly verdict: 'ok' | 'warn' | 'fail';
    readonly message: string;
    /** What to do about it; `null` where all is well. */
    readonly fix: string | null;
  }[];
  readonly counts: { readonly ok: number; readonly warn: number; readonly fail: number };
  readonly next: readonly string[];
}
