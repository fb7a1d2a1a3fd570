import { sql, type RawBuilder } from 'kysely';

/** Now, by the database's clock, in milliseconds since 1970. */
export const databaseNow: RawBuilder<number> = sql<number>`cast(unixepoch('subsec') * 1000 as integer)`;

/** How long a lease lasts without being renewed. */
export const leaseMilliseconds = 60_000;
