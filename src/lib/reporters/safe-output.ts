/** Where progress goes: a terminal, a file or a pipe. */
export type ProgressStream = NodeJS.WritableStream & {
  readonly isTTY?: boolean;
  readonly columns?: number;
};

/** An output whose writes never throw and whose errors end nothing. */
export interface SafeOutput {
  readonly isTerminal: boolean;
  /** Width of the terminal, which may change at any time. */
  columns(): number;
  write(text: string): void;
}

const usualColumns = 80;

/** Wraps a stream so that a closed pipe or a vanished terminal does no harm. */
export function createSafeOutput(stream: ProgressStream): SafeOutput {
  ignoreStreamErrors(stream);
  return {
    isTerminal: stream.isTTY === true,
    columns: () => (stream.columns === undefined || stream.columns === 0 ? usualColumns : stream.columns),
    write(text) {
      try {
        stream.write(text);
      } catch {
        // Whoever read this has gone; the run goes on.
      }
    },
  };
}

/** Node ends the process when nobody listens to a stream's error; once is enough. */
export function ignoreStreamErrors(stream: NodeJS.WritableStream): void {
  if (!stream.listeners('error').includes(ignore)) stream.on('error', ignore);
}

function ignore(): void {
  // A broken pipe is no reason to stop a migration.
}
