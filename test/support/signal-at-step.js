/**
 * Loaded into a command with `NODE_OPTIONS=--import`. Listens to the steps that the engine announces, and sends the
 * process the signals that KEYTURN_TEST_SIGNALS asks for: `[{ "step": "chunk read", "occurrence": 2, "signal": "SIGINT" }]`.
 */
import { subscribe } from 'node:diagnostics_channel';
import { isMainThread } from 'node:worker_threads';

/** @type {readonly { step: string, occurrence: number, signal: NodeJS.Signals }[]} */
const signals = JSON.parse(process.env['KEYTURN_TEST_SIGNALS'] ?? '[]');
/** @type {Record<string, number>} */
const counts = {};

if (isMainThread) {
  subscribe('keyturn:step', (message) => {
    const step = String(message);
    const count = (counts[step] ?? 0) + 1;
    counts[step] = count;
    for (const wanted of signals) {
      if (wanted.step === step && wanted.occurrence === count) process.kill(process.pid, wanted.signal);
    }
  });
}
