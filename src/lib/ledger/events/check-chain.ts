import type { ChainHead, RecordedEvent } from '../../model/migrations/recorded-event.ts';
import { beforeFirst, hashEvent } from './event-hash.ts';

/** The first event that is not as it was appended. */
export interface ChainFault {
  readonly seq: number;
  /** `no head`: the ledger does not say that this is the last event, so that nobody knows whether it was. */
  readonly problem: 'missing' | 'edited' | 'out of place' | 'cut off' | 'no head';
}

/** What is expected of a chain besides its own order. */
export interface ExpectedHeads {
  /** What the ledger itself says. */
  readonly recorded: ChainHead | undefined;
  /** A chain head that was noted outside the database, at any time. */
  readonly noted: ChainHead | undefined;
}

/** Walks the chain and finds its first fault: events deleted, edited, inserted or reordered, also at its end. */
export function checkChain(
  events: readonly RecordedEvent[],
  { recorded, noted }: ExpectedHeads,
): ChainFault | undefined {
  let previous: ChainHead = { seq: 0, hash: beforeFirst };
  for (const event of events) {
    const fault = faultOf(event, previous);
    if (fault) return fault;
    previous = { seq: event.seq, hash: event.hash };
    if (noted?.seq === event.seq && noted.hash !== event.hash) return { seq: event.seq, problem: 'edited' };
  }
  for (const head of [recorded, noted]) {
    if (head && head.seq > previous.seq) return { seq: previous.seq + 1, problem: 'cut off' };
  }
  if (recorded === undefined)
    return events.length === 0 ? undefined : { seq: previous.seq, problem: 'no head' };
  return recorded.hash === previous.hash ? undefined : { seq: previous.seq, problem: 'out of place' };
}

function faultOf(event: RecordedEvent, previous: ChainHead): ChainFault | undefined {
  if (event.seq > previous.seq + 1) return { seq: previous.seq + 1, problem: 'missing' };
  if (event.seq <= previous.seq) return { seq: event.seq, problem: 'out of place' };
  if (hashEvent(event) !== event.hash) return { seq: event.seq, problem: 'edited' };
  return event.previousHash === previous.hash ? undefined : { seq: event.seq, problem: 'out of place' };
}
