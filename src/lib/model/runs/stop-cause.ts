/** Why a run ended before its work was done, on purpose. */
export type StopCause =
  /** A signal of the operating system: SIGINT, SIGTERM, SIGHUP. */
  | { readonly kind: 'signal' }
  /** An operator gave the migration up. */
  | { readonly kind: 'cancelled'; readonly by: string }
  /** A limit of the run was reached: its time is over. */
  | { readonly kind: 'limit'; readonly reason: string };
