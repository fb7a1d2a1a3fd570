import { endianness } from 'node:os';

/** What a running server says of itself: its start in seconds since 1970, its port, its cluster's identifier. */
export interface ServerIdentity {
  readonly startedAt: number;
  readonly port: string;
  readonly system: bigint;
}

/** What a data folder says of its server: `global/pg_control` as bytes, `postmaster.pid` as text; empty where unreadable. */
export interface IdentityFiles {
  readonly control: Buffer;
  readonly postmaster: string;
}

/** How far apart the two records of a server's start may be, in seconds. */
const startTolerance = 10;

/**
 * Whether a folder is the one that a server works in. A server in a container or on another machine may name a folder
 * that belongs to a second server here, or to a copy of itself: to search that would prove nothing. The identifier tells
 * clusters apart, and the start and port tell a cluster from its copies.
 *
 * Source: PostgreSQL's `pg_control.h` (the identifier is the first field) and `pidfile.h` (lines 3 and 4).
 */
export function isFolderOf(server: ServerIdentity, files: IdentityFiles): boolean {
  const [, , startedAt, port] = files.postmaster.split('\n');
  return (
    files.control.length >= 8 &&
    readSystemIdentifier(files.control) === server.system &&
    port === server.port &&
    Math.abs(Number(startedAt) - server.startedAt) <= startTolerance
  );
}

/** The file is written in the byte order of its machine, which is this one, or it is not the server's. */
function readSystemIdentifier(control: Buffer): bigint {
  return endianness() === 'LE' ? control.readBigUInt64LE() : control.readBigUInt64BE();
}
