/**
 * Runs keyturn under another Node.js as if this process had become it: same terminal, same signals, same exit
 * code. The command line, which may hold a key, travels through a pipe and never through the argv of the child.
 */
import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/** Signals that reach the child through the launcher; `launched.js` drops those it got from elsewhere too. */
export const forwardedSignals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']);

/**
 * The file descriptors that key references such as `fd:5` or `file:/dev/fd/63` name: the child needs them too.
 * @param {readonly string[]} commandLine
 */
function namedDescriptors(commandLine) {
  const matches = commandLine.flatMap((argument) => [...argument.matchAll(/(?:\bfd:|\/fd\/)(\d+)/g)]);
  return matches.map((match) => Number(match[1])).filter((descriptor) => descriptor > 2);
}

/**
 * The child's descriptors: standard streams and named ones as they are, and the first free one as the channel.
 * @param {readonly number[]} named
 */
function childDescriptors(named) {
  let channel = 3;
  while (named.includes(channel)) channel += 1;
  const count = Math.max(channel, ...named) + 1;
  const stdio = Array.from({ length: count }, (_, descriptor) => {
    if (descriptor === channel) return 'pipe';
    return descriptor <= 2 || named.includes(descriptor) ? descriptor : 'ignore';
  });
  return { channel, stdio };
}

/**
 * Starts `script` under `node` with this process's command line and stays until it ends, with its exit code.
 * @param {string} node path of the Node.js binary
 * @param {string} script path of the script
 */
export function launch(node, script) {
  const commandLine = process.argv.slice(2);
  const { channel, stdio } = childDescriptors(namedDescriptors(commandLine));
  const child = spawn(node, ['--disable-sigusr1', script], {
    stdio: /** @type {import('node:child_process').StdioOptions} */ (stdio),
    env: { ...process.env, KEYTURN_ARGV_FD: String(channel) },
  });
  const pipe = /** @type {import('node:net').Socket} */ (child.stdio[channel]);
  pipe.on('error', () => undefined);
  pipe.write(`${JSON.stringify(commandLine)}\n`);
  for (const signal of forwardedSignals) process.on(signal, () => pipe.write(`${signal}\n`));
  child.on('error', (error) => {
    process.stderr.write(`keyturn could not start ${node}: ${error.message}\n`);
    process.exitCode = 78;
  });
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? (code ?? 1) : 128 + constants.signals[signal];
    pipe.destroy();
  });
}
