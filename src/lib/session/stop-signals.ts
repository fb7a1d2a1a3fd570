import { exitCodes } from '../model/exit-codes.ts';

/** Turns signals of the operator into a request to stop. */
export interface StopSignals {
  /** Aborted by the first signal: the chunk at hand is finished, then the run stops. */
  readonly requested: AbortSignal;
  /** The exit code that says which signal it was; `undefined` before any. */
  exitCode(): number | undefined;
  /** Gives the signals back to the process. */
  close(): void;
}

const codes = {
  SIGINT: exitCodes.interrupted,
  SIGTERM: exitCodes.terminated,
  SIGHUP: exitCodes.terminated,
} as const;
type StopSignal = keyof typeof codes;

/** Listens for SIGINT, SIGTERM and SIGHUP; a second one ends the process at once, which is safe at any instant. */
export function listenForStop(announce: (message: string) => void): StopSignals {
  const controller = new AbortController();
  let code: number | undefined;
  const stop = (signal: NodeJS.Signals): void => {
    const signalCode = codes[signal as StopSignal];
    if (code !== undefined) process.exit(signalCode);
    code = signalCode;
    announce('stopping after this chunk; press Ctrl-C again to stop at once (nothing is lost either way)');
    controller.abort();
  };
  const signals = Object.keys(codes) as StopSignal[];
  for (const signal of signals) process.on(signal, stop);
  return {
    requested: controller.signal,
    exitCode: () => code,
    close() {
      for (const signal of signals) process.off(signal, stop);
    },
  };
}
