import type { TargetDatabase } from '../../databases/target-database.ts';

/** A third of the lease, in milliseconds: two renewals may fail before the lease runs out. */
const renewalMilliseconds = 20_000;

/** Renews a run's lease while it is busy with something that writes no chunks. Ends with `close`. */
export function keepLease(database: TargetDatabase, workerId: number): { close(): void } {
  const timer = setInterval(() => {
    // A run that was taken over finds out at its next chunk; here nobody waits for the answer.
    void database
      .transaction(({ ledger }) => ledger.holdRun(workerId), 'side by side')
      .catch(() => undefined);
  }, renewalMilliseconds);
  timer.unref();
  return {
    close() {
      clearInterval(timer);
    },
  };
}
