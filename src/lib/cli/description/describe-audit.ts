import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import type { RecordedEvent } from '../../model/migrations/recorded-event.ts';
import type { LedgerAudit } from '../../session/inspection/audit-ledger.ts';
import type { AuditLogResult, AuditVerifyResult } from '../results/audit-results.ts';
import { chainHeadText } from './chain-head-text.ts';
import { nextCommand } from './next-command.ts';

/** An audit as it is printed. */
export function describeAudit(audit: LedgerAudit, location: DatabaseLocation): AuditVerifyResult {
  const { database, events, head, fault, contradictions } = audit;
  const outcome = fault ? 'broken chain' : contradictions.length > 0 ? 'contradicted' : 'intact';
  return {
    database,
    outcome,
    events,
    head: head && chainHeadText(head),
    firstBadEvent: fault,
    contradictions,
    next: outcome === 'intact' ? [] : [nextCommand('audit log', location)],
  };
}

/** Events as they are printed. */
export function describeEvents(events: readonly RecordedEvent[], database: string): AuditLogResult {
  return {
    database,
    events: events.map(({ seq, at, migrationId, actor, type, body, hash }) => ({
      seq,
      at,
      migration: migrationId,
      actor,
      type,
      body: parseBody(body),
      hash,
    })),
  };
}

/** What was written by hand may be no JSON. */
function parseBody(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return body;
  }
}
