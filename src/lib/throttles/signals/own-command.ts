import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { go, type ThrottleFactory } from '../throttle.ts';
import { atIntervals } from './at-intervals.ts';

/** How long the command may take, in milliseconds; one that takes longer is ended and counts as a no. */
const timeoutMilliseconds = 10_000;

/** Between two questions, in milliseconds. */
const intervalMilliseconds = 2000;

/** What the command gets to see of the environment, which may hold keys. */
const harmlessVariables = ['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LC_ALL', 'TZ', 'TMPDIR'];

/** Waits unless the shell command of `--throttle-command` exits with 0; the first line it prints is the reason. */
export const ownCommand: ThrottleFactory = ({ command }, { elapsed }) => {
  if (command === undefined) return undefined;
  const throttle = {
    async ask() {
      const outcome = await run(command);
      if (outcome.kind === 'yes') return go;
      const reason = `the command of --throttle-command says: ${outcome.why}`;
      return { kind: 'wait', milliseconds: intervalMilliseconds, reason } as const;
    },
  };
  return atIntervals(throttle, intervalMilliseconds, { elapsed });
};

async function run(
  command: string,
): Promise<{ readonly kind: 'yes' } | { readonly kind: 'no'; readonly why: string }> {
  const environment = Object.fromEntries(harmlessVariables.map((name) => [name, process.env[name]]));
  try {
    await promisify(execFile)('/bin/sh', ['-c', command], {
      env: environment,
      timeout: timeoutMilliseconds,
      killSignal: 'SIGKILL',
    });
    return { kind: 'yes' };
  } catch (error) {
    return { kind: 'no', why: whyNot(error as CommandFailure) };
  }
}

interface CommandFailure {
  readonly stdout?: string;
  readonly code?: number | string;
  readonly killed?: boolean;
}

function whyNot({ stdout = '', code, killed }: CommandFailure): string {
  const said = stdout.trim().split('\n')[0] ?? '';
  if (said !== '') return said.slice(0, 200);
  if (killed === true) return `no answer within ${String(timeoutMilliseconds / 1000)} s`;
  return typeof code === 'number' ? `exit ${String(code)}` : 'it could not be run';
}
