/**
 * The launcher's other end. A signal may reach the launcher alone (`kill`) or both processes at once (Ctrl-C,
 * `timeout`, systemd): either way the command sees it exactly once, because a second one means "stop now".
 * When the launcher dies, even of SIGKILL, this process dies too.
 */
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { forwardedSignals } from './launcher.js';

/** How long a signal sent to both processes may take to show up here after the launcher reported it. */
const graceMilliseconds = 100;

/**
 * Counts the signals this process receives, listening only while somebody else does: a listener of our own
 * would switch off the default action.
 */
function countReceivedSignals() {
  /** @type {Map<string, number>} */
  const received = new Map();
  /** @type {NodeJS.SignalsListener} */
  const count = (signal) => {
    received.set(signal, (received.get(signal) ?? 0) + 1);
  };
  process.on('newListener', (event, listener) => {
    const signal = forwardedSignals.find((name) => name === event);
    if (signal === undefined || listener === count || process.listeners(signal).includes(count)) return;
    process.on(signal, count);
  });
  process.on('removeListener', (event, listener) => {
    const signal = forwardedSignals.find((name) => name === event);
    if (signal === undefined || listener === count || process.listenerCount(signal) > 1) return;
    process.off(signal, count);
  });
  return received;
}

/** A function that takes the signals the launcher reports and raises those this process did not get itself. */
function createSignalRelay() {
  const received = countReceivedSignals();
  /** @type {Map<string, number>} */
  const reported = new Map();
  return (/** @type {string} */ signal) => {
    const expected = (reported.get(signal) ?? 0) + 1;
    reported.set(signal, expected);
    setTimeout(() => {
      if ((received.get(signal) ?? 0) < expected) process.kill(process.pid, signal);
    }, graceMilliseconds).unref();
  };
}

/**
 * Waits for the command line and then follows the launcher's signals and its end.
 * @param {number} channel the file descriptor of the pipe
 * @returns {Promise<string[]>} the arguments after the script's name
 */
export function receiveFromLauncher(channel) {
  const socket = new Socket({ fd: channel });
  const lines = createInterface({ input: socket });
  const relay = createSignalRelay();
  lines.on('close', () => process.kill(process.pid, 'SIGKILL'));
  return new Promise((resolve) => {
    lines.once('line', (commandLine) => {
      lines.on('line', relay);
      socket.unref();
      resolve(/** @type {string[]} */ (JSON.parse(commandLine)));
    });
  });
}
