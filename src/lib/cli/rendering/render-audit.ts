import { printable } from '../../reporters/printable.ts';
import type { AuditLogResult, AuditVerifyResult } from '../results/audit-results.ts';
import { alignedFields } from './aligned-fields.ts';
import type { Painter } from './painter.ts';
import { composeText } from './sections.ts';
import { textTable } from './text-table.ts';

/** The verdict on the chain of events. */
export function renderAudit(result: AuditVerifyResult, painter: Painter): string {
  const { events, head, contradictions } = result;
  return composeText(
    [
      [verdict(result, painter)],
      alignedFields([
        ['database', printable(result.database)],
        ['events', String(events)],
        ...(head === null ? [] : [['head', head] as const]),
      ]),
      contradictions.map(
        ({ migration, state, stateOfEvents }) =>
          `migration ${printable(migration)} is ${printable(state)}, but by its events ${printable(stateOfEvents)}`,
      ),
    ],
    result.next,
  );
}

function verdict({ outcome, firstBadEvent }: AuditVerifyResult, painter: Painter): string {
  switch (outcome) {
    case 'intact':
      return painter.good('Intact: every event stands where and as it was appended.');
    case 'contradicted':
      return painter.bad(
        'Contradicted: the chain is whole, but the ledger says something else than its events.',
      );
    case 'broken chain':
      return painter.bad(`Broken: ${faultText(firstBadEvent)}.`);
  }
}

function faultText(fault: AuditVerifyResult['firstBadEvent']): string {
  const [seq, problem] = [String(fault?.seq ?? 0), fault?.problem ?? 'bad'];
  if (problem !== 'no head') return `event ${seq} is ${problem}`;
  return `nothing says that event ${seq} is the last one: "event_head" of keyturn_meta is gone, or no head`;
}

/** Events line by line, oldest first. */
export function renderEvents({ events }: AuditLogResult, painter: Painter): string {
  const columns = ['event', 'time (UTC)', 'actor', 'what', 'migration', 'details'] as const;
  const rows = events.map(({ seq, at, actor, type, migration, body }) => [
    String(seq),
    new Date(at).toISOString().slice(0, 19).replace('T', ' '),
    printable(actor),
    printable(type),
    printable(migration ?? ''),
    printable(JSON.stringify(body)),
  ]);
  const headers = columns.map((header) => ({ header, align: 'left' }) as const);
  return composeText([rows.length === 0 ? ['No events.'] : textTable(headers, rows, painter)], []);
}
