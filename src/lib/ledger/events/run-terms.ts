import type { RecordedEvent } from '../../model/migrations/recorded-event.ts';
import { isPlainConclusion, plainConclusion, type Conclusion } from '../../model/runs/conclusion.ts';
import type { RunTerms } from '../../model/runs/run-terms.ts';
import type { EventBody } from './event-chain.ts';

/** The event that says what a run was told when it was opened; what it was not told is left out. */
export const openingEvent = 'run opened';

type OpeningBody = Partial<Conclusion> & Partial<Pick<RunTerms, 'triggers'>> & { readonly worker: number };

/** The body of that event. */
export function openingBody(worker: number, { conclusion, triggers }: RunTerms): EventBody {
  return {
    worker,
    ...(triggers === 'suppress' && { triggers }),
    ...(!isPlainConclusion(conclusion) && conclusion),
  };
}

/** What the runs of a migration were told, by their numbers. */
export function termsIn(events: readonly RecordedEvent[]): ReadonlyMap<number, RunTerms> {
  return new Map(
    events
      .filter(({ type }) => type === openingEvent)
      .map(({ body }) => JSON.parse(body) as OpeningBody)
      .map(({ worker, triggers = 'fire', ...conclusion }) => [
        worker,
        { conclusion: { ...plainConclusion, ...conclusion }, triggers },
      ]),
  );
}
