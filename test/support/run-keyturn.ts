import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { isResidentFree, runResident } from './resident-keyturn.ts';

/** The command as it is installed; build before the tests. */
export const keyturnPath = fileURLToPath(new URL('../../bin/run.js', import.meta.url));

/** How a command is started and what happens to it. */
export interface KeyturnOptions {
  /** Added to this process's environment; `undefined` takes a variable away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  /** What stands on stdin; by default it is closed at once. */
  readonly input?: string;
  readonly cwd?: string;
  /** Not in one that has run other commands before: how long it takes is what it takes somebody who types it. */
  readonly process?: 'own';
  /** Another user to run it as; root alone may ask for one. */
  readonly user?: { readonly uid: number; readonly gid: number };
  /** When to send SIGKILL, counted from the start. */
  readonly killAfterMilliseconds?: number;
  /** Limit of the size of any file the command writes, in bytes: a write beyond it fails as on a full disk. */
  readonly fileSizeLimit?: number;
  /** A program that starts the command and watches or hinders it, with its own arguments. */
  readonly under?: readonly string[];
  /** Called with each piece of stderr; `signal` sends the running command a signal. */
  readonly onStderr?: (text: string, signal: (name: NodeJS.Signals) => void) => void;
}

/** What a command said and how it ended: with a code or by a signal. */
export interface KeyturnResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  readonly milliseconds: number;
}

/** What a process reads when it starts, before any command does. */
const variablesOfStart = ['NODE_OPTIONS', 'TMPDIR', 'DEBUG'];

/**
 * Runs the installed command and waits for its end. It has no terminal. It gets a process of its own where an option asks for more than a
 * folder and an environment, and where another command of the same test file runs beside it.
 */
export function runKeyturn(args: readonly string[], options: KeyturnOptions = {}): Promise<KeyturnResult> {
  const { cwd = process.cwd(), env = {}, ...demands } = options;
  const isOrdinary = Object.keys(demands).length === 0 && !variablesOfStart.some((name) => name in env);
  return isOrdinary && isResidentFree()
    ? runResident(args, { cwd, environment: environmentOf(options) })
    : runAlone(args, options);
}

function environmentOf({ env }: KeyturnOptions): NodeJS.ProcessEnv {
  return { ...process.env, NO_COLOR: '1', ...env };
}

function runAlone(args: readonly string[], options: KeyturnOptions): Promise<KeyturnResult> {
  const started = performance.now();
  const [program, ...programArguments] = commandLine(args, options);
  const child = spawn(program, programArguments, {
    cwd: options.cwd,
    ...options.user,
    env: environmentOf(options),
    stdio: 'pipe',
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
    options.onStderr?.(text, (name) => child.kill(name));
  });
  // A command that reads no stdin may be gone before it is written.
  child.stdin.on('error', () => undefined).end(options.input ?? '');
  const killer =
    options.killAfterMilliseconds === undefined
      ? undefined
      : setTimeout(() => child.kill('SIGKILL'), options.killAfterMilliseconds);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      clearTimeout(killer);
      resolve({ code, signal, stdout, stderr, milliseconds: performance.now() - started });
    });
  });
}

/** With a limit, bash sets it and ignores its signal, so that a write fails with EFBIG instead of killing. */
function commandLine(
  args: readonly string[],
  { under: [watcher, ...watcherArguments] = [], fileSizeLimit }: KeyturnOptions,
): [string, ...string[]] {
  const command = [process.execPath, keyturnPath, ...args] as const;
  if (watcher !== undefined) return [watcher, ...watcherArguments, ...command];
  if (fileSizeLimit === undefined) return [...command];
  const kibibytes = String(Math.floor(fileSizeLimit / 1024));
  return ['bash', '-c', `trap '' XFSZ; ulimit -f ${kibibytes}; exec "$@"`, 'bash', ...command];
}
