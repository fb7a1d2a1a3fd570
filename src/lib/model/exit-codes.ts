/** What the process says to its caller; stable, and part of the public interface. Unknown codes mean failure. */
export const exitCodes = {
  done: 0,
  unexpected: 1,
  usage: 2,
  quarantined: 3,
  stoppedEarly: 4,
  confirmationNeeded: 5,
  locked: 11,
  wrongKey: 12,
  stalePlan: 13,
  verificationFailed: 14,
  databaseUnavailable: 15,
  rollbackImpossible: 16,
  nothingFound: 17,
  temporaryFailure: 75,
  environment: 78,
  interrupted: 130,
  terminated: 143,
} as const;

/** A name of an exit code. */
export type ExitReason = keyof typeof exitCodes;
