/** A process that has loaded the command and runs it once for every message that comes; see resident-keyturn.ts. */
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Errors, handle, run } from '@oclif/core';
import { exitCodes } from '../../src/lib/model/exit-codes.ts';
import type { CommandOrder } from './resident-keyturn.ts';
import { keyturnPath } from './run-keyturn.ts';

const root = pathToFileURL(keyturnPath).href;
/** How commands end that may not have closed their run: the next one knows that it is over by its process, which is gone. */
const fatal: readonly unknown[] = [
  exitCodes.unexpected,
  exitCodes.databaseUnavailable,
  exitCodes.temporaryFailure,
  exitCodes.environment,
];
const streams = [process.stdout, process.stderr] as const;

process.on('message', (order: CommandOrder) => void obey(order));
process.on('disconnect', () => process.exit());

async function obey({ args, cwd, environment, endMark }: CommandOrder): Promise<void> {
  process.chdir(cwd);
  for (const name of Object.keys(process.env)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, environment);
  process.exitCode = undefined;
  const atRest = countResources();
  const refused = await run([...args], root).then(() => undefined, exitCodeOf);
  // Not before nothing is left to do, as a process of its own would end.
  while (countResources() > atRest) await sleep(1);
  const code = refused ?? process.exitCode ?? exitCodes.done;
  if (fatal.includes(code)) process.exit(code);
  process.removeAllListeners('uncaughtException');
  // A disk that somebody stands on cannot be taken away.
  process.chdir('/');
  for (const stream of streams) stream.write(endMark);
  process.send?.(code);
}

/** The exit code that a command chose. With an error that no command knows, this process ends as any other would. */
function exitCodeOf(error: unknown): number | Promise<never> {
  return error instanceof Errors.ExitError
    ? (error.oclif.exit ?? 1)
    : (handle(error as Error) as Promise<never>);
}

/** How much there is that keeps a process alive. */
function countResources(): number {
  return process.getActiveResourcesInfo().length;
}
