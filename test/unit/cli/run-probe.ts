import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('probe.ts', import.meta.url));

/** How a process ended and what it wrote. */
export interface FinishedProcess {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What a process is started with; `input` is its whole stdin, undefined leaves it open. */
export interface ProbeSurroundings {
  readonly environment?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs the probe with a database named, unless the words name another. */
export async function runProbe(
  words: readonly string[],
  { environment = {}, input = '' }: ProbeSurroundings = {},
): Promise<FinishedProcess> {
  const child = spawn(process.execPath, [script, ...words], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      KEYTURN_DATABASE: 'fleet.db',
      ...environment,
    },
  });
  const written = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => (written.stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (written.stderr += text));
  child.stdin.on('error', () => undefined);
  child.stdin.end(input);
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...written };
}
