/** A process other than this one that has the database open. */
export interface OtherProcess {
  readonly processId: number;
  /** The program, and the script it runs where that is known: `python3 server.py`. Never an argument beyond that. */
  readonly command: string;
}

/** Processes in words: `process 4711 (python3 server.py), process 4712 (sqlite3)`. */
export function listProcesses(processes: readonly OtherProcess[]): string {
  return processes.map(({ processId, command }) => `process ${String(processId)} (${command})`).join(', ');
}
