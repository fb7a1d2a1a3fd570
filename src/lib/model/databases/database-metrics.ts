/** How a database fares under a run, as far as it can tell: `null` where it cannot. */
export interface DatabaseMetrics {
  /** Size of its write-ahead log, in bytes. */
  readonly logBytes: number | null;
  /** What may still be written on its file system, in bytes. */
  readonly freeBytes: number | null;
  /** Transactions this process has tried to begin so far, and those of them that another process kept waiting. */
  readonly transactions: number;
  readonly refusedTransactions: number;
}
