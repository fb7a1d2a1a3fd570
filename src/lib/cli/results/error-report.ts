/** An error as the terminal shows it, and as it stands under `error` with `--json`. */
export interface ErrorReport {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
  readonly hints: readonly string[];
  readonly reference: string | null;
}
