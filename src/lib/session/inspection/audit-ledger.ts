import type { TargetDatabase } from '../../databases/target-database.ts';
import { checkChain, type ChainFault } from '../../ledger/events/check-chain.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import type { MigrationRecord } from '../../model/migrations/migration-record.ts';
import type { ChainHead, RecordedEvent } from '../../model/migrations/recorded-event.ts';

/** What an audit of the ledger has found. */
export interface LedgerAudit {
  readonly database: string;
  readonly events: number;
  /** The last event there is; `null` where there is none. */
  readonly head: ChainHead | null;
  readonly fault: ChainFault | null;
  /** Migrations whose row says something else than their events. */
  readonly contradictions: readonly Contradiction[];
}

/** A migration whose state was not reached through an event. */
interface Contradiction {
  readonly migration: string;
  readonly state: string;
  readonly stateOfEvents: string;
}

/** Checks the chain of events, and the states of all migrations against it. Exit 17 where there is no ledger. */
export async function auditLedger(
  { ledger, identity }: TargetDatabase,
  noted: ChainHead | undefined,
): Promise<LedgerAudit> {
  const events = await ledger.listEvents();
  const migrations = await ledger.listMigrations();
  const recorded = await ledger.readChainHead();
  if (events.length === 0 && migrations.length === 0 && !recorded && !noted) throw noLedger();
  const last = events.at(-1);
  return {
    database: identity.location,
    events: events.length,
    head: last ? { seq: last.seq, hash: last.hash } : null,
    fault: checkChain(events, { recorded, noted }) ?? null,
    contradictions: migrations.flatMap((migration) => contradictionOf(migration, events)),
  };
}

function contradictionOf(
  { id, state }: MigrationRecord,
  events: readonly RecordedEvent[],
): readonly Contradiction[] {
  const last = events.findLast(
    ({ migrationId, type }) => migrationId === id && type.startsWith('migration '),
  );
  const stateOfEvents = last?.type.replace('migration ', '') ?? 'never planned';
  return stateOfEvents === state ? [] : [{ migration: id, state, stateOfEvents }];
}

function noLedger(): KeyturnError {
  return new KeyturnError({
    code: 'KT_NOTHING_FOUND',
    reason: 'nothingFound',
    message: 'there is no ledger in this database',
    hints: ['keyturn plan'],
  });
}
