/**
 * Preloaded into a measured keyturn: its chunks wait for the server's disk at their commits, which no flag asks for. Ends with an
 * error where it has found no chunk to do that to, so that nobody measures something else.
 */
import { isMainThread } from 'node:worker_threads';
import pg from 'pg';

const notWaiting = 'SET LOCAL synchronous_commit = off';
const waiting = 'SET LOCAL synchronous_commit = on';
const prototype = /** @type {{ query: Ask }} */ (/** @type {unknown} */ (pg.Client.prototype));
const ask = prototype.query;
let changed = 0;

/**
 * @typedef {(this: object, query: unknown, ...rest: readonly unknown[]) => unknown} Ask
 * @type {Ask}
 */
prototype.query = function (query, ...rest) {
  if (typeof query === 'object' && query !== null && 'text' in query && typeof query.text === 'string') {
    const text = query.text.replace(notWaiting, waiting);
    if (text !== query.text) changed += 1;
    query.text = text;
  }
  return ask.call(this, query, ...rest);
};

process.on('exit', () => {
  if (isMainThread && changed === 0) process.exitCode = 1;
});
