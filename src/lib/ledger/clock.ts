import { expressionBuilder, type ExpressionWrapper } from 'kysely';
import type { LedgerTables } from './schema/tables.ts';

/** Now, by the database's clock, in milliseconds since 1970. Each adapter's ledger dialect has its own words for it. */
export const databaseNow: ExpressionWrapper<LedgerTables, keyof LedgerTables, number> = expressionBuilder<
  LedgerTables,
  keyof LedgerTables
>().fn<number>('database_now', []);
