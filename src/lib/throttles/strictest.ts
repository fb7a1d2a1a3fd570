import { KeyturnError } from '../model/keyturn-error.ts';
import { go, type Throttle, type Verdict } from './throttle.ts';

/** How long a run waits before it asks a signal again that could not be read, in milliseconds. */
const retryMilliseconds = 1000;

/** All signals as one: an order to stop counts most, then the longest wait. A signal that fails makes the run wait. */
export function strictestOf(throttles: Readonly<Record<string, Throttle>>): Throttle {
  const signals = Object.entries(throttles);
  return {
    async ask(work) {
      const verdicts = await Promise.all(
        signals.map(([name, throttle]) =>
          // A signal may also throw before it has a promise to reject.
          Promise.resolve()
            .then(() => throttle.ask(work))
            .catch((error: unknown) => unreadable(name, error)),
        ),
      );
      return verdicts.reduce(stricter, go);
    },
  };
}

function stricter(one: Verdict, other: Verdict): Verdict {
  if (one.kind === 'stop' || other.kind === 'go') return one;
  if (other.kind === 'stop' || one.kind === 'go') return other;
  return one.milliseconds >= other.milliseconds ? one : other;
}

/** An error's own text may hold anything; only what keyturn has written itself is shown. */
function unreadable(name: string, error: unknown): Verdict {
  const code = (error as NodeJS.ErrnoException | undefined)?.code ?? 'unexpected error';
  const why = error instanceof KeyturnError ? error.message : code;
  return {
    kind: 'wait',
    milliseconds: retryMilliseconds,
    reason: `cannot read the signal "${name}": ${why}`,
  };
}
