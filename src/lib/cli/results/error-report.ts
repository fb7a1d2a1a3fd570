/** What an error says to whoever typed the command, and, under `error`, to whatever read its JSON. */
export interface ErrorReport {
  readonly code: string;
  readonly exitCode: number;
  readonly message: string;
  readonly hints: readonly string[];
  readonly reference: string | null;
}
