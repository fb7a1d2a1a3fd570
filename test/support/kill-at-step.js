/**
 * Loaded into a command with `NODE_OPTIONS=--import`. Listens to the steps that the engine announces and, as the
 * environment asks,
 * - KEYTURN_TEST_KILL_AT="chunk completed:3": kills the process without warning at the third of these steps;
 * - KEYTURN_TEST_COUNT_STEPS=FILE: writes at the end how often each step was reached, as JSON.
 */
import { subscribe } from 'node:diagnostics_channel';
import { writeFileSync } from 'node:fs';
import { isMainThread } from 'node:worker_threads';

/** @type {Record<string, number>} */
const counts = {};
const [stepToKillAt = '', occurrence = ''] = (process.env['KEYTURN_TEST_KILL_AT'] ?? '').split(':');
const countFile = process.env['KEYTURN_TEST_COUNT_STEPS'];

if (isMainThread) {
  subscribe('keyturn:step', (message) => {
    const step = String(message);
    const count = (counts[step] ?? 0) + 1;
    counts[step] = count;
    if (step === stepToKillAt && count === Number(occurrence)) process.kill(process.pid, 'SIGKILL');
  });
  if (countFile !== undefined) {
    process.on('exit', () => {
      writeFileSync(countFile, JSON.stringify(counts));
    });
  }
}
