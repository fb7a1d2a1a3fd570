/** How large a database is and how much room is beside it, in bytes. */
export interface DiskSpace {
  readonly databaseBytes: number;
  /** What an ordinary user may still write; `null` where the system does not tell. */
  readonly freeBytes: number | null;
}
