import { execFileSync, spawn, type ChildProcess, type StdioOptions } from 'node:child_process';
import { once } from 'node:events';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const bundledNode = join(checkout, 'node_modules', '.bin', 'node');

/** A command that says what it got and then counts signals; it ends at the second SIGINT or by its argument. */
const command = `
import { readFileSync } from 'node:fs';
export default class Probe {
  static strict = false;
  static async run(words) {
    const say = (event) => process.stdout.write(JSON.stringify(event) + '\\n');
    if (words[0] === 'exit') process.exit(Number(words[1]));
    if (words[0] === 'die') process.kill(process.pid, words[1]);
    if (words[0] === 'read') return say(readFileSync(Number(words[1].slice(3)), 'utf8'));
    if (words[0] === 'default') process.once('SIGINT', () => say('once'));
    else for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2']) process.on(name, () => say(name));
    setInterval(() => undefined, 1000);
    say({ pid: process.pid, node: process.version, words, channel: process.env.KEYTURN_ARGV_FD ?? null });
  }
}`;

/** A module that makes any Node.js believe that it is another version. */
function pretend(version: string): string {
  return `data:text/javascript,Object.defineProperty(process, "version", { value: "${version}" })`;
}

const oldNode = pretend('v20.20.2');

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'keyturn-launcher-'));
  cpSync(join(checkout, 'bin'), join(folder, 'bin'), { recursive: true });
  const manifest = JSON.parse(readFileSync(join(checkout, 'package.json'), 'utf8')) as object;
  const oclif = { bin: 'keyturn', commands: './commands' };
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ ...manifest, oclif }));
  mkdirSync(join(folder, 'commands'));
  writeFileSync(join(folder, 'commands', 'probe.js'), command);
  symlinkSync(join(checkout, 'node_modules'), join(folder, 'node_modules'));
});

afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly process: ChildProcess;
  readonly lines: unknown[];
  readonly errors: string[];
}

/** Starts `keyturn probe ...` in a process group of its own, as on an old Node.js if nothing else is said. */
function start(
  words: readonly string[],
  stdio: StdioOptions = ['ignore', 'pipe', 'pipe'],
  version = oldNode,
): Running {
  const argv = ['--import', version, join(folder, 'bin', 'run.js'), 'probe', ...words];
  const child = spawn(process.execPath, argv, { stdio, detached: true });
  const running: Running = { process: child, lines: [], errors: [] };
  let rest = '';
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    running.lines.push(...lines.map((line) => JSON.parse(line) as unknown));
  });
  child.stderr?.setEncoding('utf8').on('data', (text: string) => running.errors.push(text));
  onTestFinished(() => {
    if (child.exitCode === null && child.signalCode === null) process.kill(-pidOf(running), 'SIGKILL');
  });
  return running;
}

function pidOf(running: Running): number {
  return running.process.pid ?? 0;
}

interface Greeting {
  readonly pid: number;
  readonly node: string;
  readonly words: readonly string[];
  readonly channel: string | null;
}

/** Waits until the command runs, and gives what it said first. */
async function greeting(running: Running): Promise<Greeting> {
  await expect.poll(() => running.lines.length, { timeout: 60_000 }).toBeGreaterThan(0);
  return running.lines[0] as Greeting;
}

async function exitOf(running: Running): Promise<unknown> {
  const [code, signal] = (await once(running.process, 'close')) as [number | null, string | null];
  return code ?? signal;
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${String(pid)}/status`, 'utf8'));
  } catch {
    return false;
  }
}

describe.runIf(existsSync(bundledNode))('on an old Node.js, bin/run.js', () => {
  test('runs the command under the bundled Node.js with the same arguments', async () => {
    const words = ['plain', '', 'with space', '--flag=ü', '"quoted"\n'];
    const { node, words: received, channel } = await greeting(start(words));
    expect(node).toBe(execFileSync(bundledNode, ['--version'], { encoding: 'utf8' }).trim());
    expect(received).toEqual(words);
    expect(channel, 'the channel is not passed on to processes that the command starts').toBeNull();
  });

  test('keeps a key out of the process list of both processes', async () => {
    const running = start(['--old-key', 'literal-key-material']);
    const { pid } = await greeting(running);
    for (const one of [pid, pidOf(running)]) {
      const commandLine = readFileSync(`/proc/${String(one)}/cmdline`, 'utf8');
      expect(commandLine).not.toContain('literal');
      expect(commandLine).toMatch(/^keyturn\0*$/);
    }
  });

  test.each([
    { words: ['exit', '0'], code: 0 },
    { words: ['exit', '17'], code: 17 },
    { words: ['die', 'SIGKILL'], code: 137 },
    { words: ['die', 'SIGTERM'], code: 143 },
  ])('keeps the exit code of $words', async ({ words, code }) => {
    expect(await exitOf(start(words))).toBe(code);
  });

  test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGUSR2'] as const)(
    'passes on %s once, whether it was sent to one process or to the group',
    async (signal) => {
      const running = start([]);
      await greeting(running);
      // What reaches the launcher alone is passed on after all that was sent before, and after a second one that must not come.
      const last = signal === 'SIGHUP' ? 'SIGUSR2' : 'SIGHUP';
      const told: string[] = [];
      for (const target of [pidOf(running), -pidOf(running), pidOf(running)]) {
        told.push(signal, last);
        process.kill(target, signal);
        await expect.poll(() => running.lines.length, { timeout: 60_000 }).toBe(told.length);
        process.kill(pidOf(running), last);
        await expect.poll(() => running.lines.length, { timeout: 60_000 }).toBeGreaterThan(told.length);
        expect(running.lines.slice(1)).toEqual(told);
      }
    },
  );

  test('leaves the second signal its default action when the command listens only once', async () => {
    const running = start(['default']);
    await greeting(running);
    process.kill(pidOf(running), 'SIGINT');
    await expect.poll(() => running.lines, { timeout: 60_000 }).toContain('once');
    process.kill(pidOf(running), 'SIGINT');
    expect(await exitOf(running)).toBe(130);
  });

  test('takes the command with it when it is killed', async () => {
    const running = start([]);
    const { pid } = await greeting(running);
    process.kill(pidOf(running), 'SIGKILL');
    await expect.poll(() => isAlive(pid), { timeout: 60_000 }).toBe(false);
  });

  test.each(['fd:3', 'fd:4'])('hands over the file descriptor of the key reference %s', async (reference) => {
    const descriptor = Number(reference.slice(3));
    const stdio = ['ignore', 'pipe', 'pipe', 'ignore', 'ignore'];
    stdio[descriptor] = 'pipe';
    const running = start(['read', reference], stdio as StdioOptions);
    const pipe = running.process.stdio[descriptor] as NodeJS.WritableStream;
    pipe.end('key material');
    expect(await exitOf(running)).toBe(0);
    expect(running.lines).toEqual(['key material']);
  });
});

describe.runIf(existsSync(bundledNode))('the range of Node.js versions', () => {
  test.each([
    { version: 'v18.0.0', supported: false },
    { version: 'v22.22.1', supported: false },
    { version: 'v22.22.2', supported: true },
    { version: 'v22.23.0', supported: true },
    { version: 'v23.11.0', supported: false },
    { version: 'v24.14.9', supported: false },
    { version: 'v24.15.0', supported: true },
    { version: 'v25.9.0', supported: false },
    { version: 'v26.0.0', supported: true },
    { version: 'v28.1.0', supported: true },
  ])('$version is supported: $supported', async ({ version, supported }) => {
    const { node } = await greeting(start([], ['ignore', 'pipe', 'pipe'], pretend(version)));
    expect(node === version).toBe(supported);
  });
});

describe('without a Node.js that is new enough, bin/run.js', () => {
  test('says what to install in one line and exits 78', async () => {
    const bare = mkdtempSync(join(tmpdir(), 'keyturn-bare-'));
    onTestFinished(() => {
      rmSync(bare, { recursive: true, force: true });
    });
    cpSync(join(checkout, 'bin'), join(bare, 'bin'), { recursive: true });
    cpSync(join(checkout, 'package.json'), join(bare, 'package.json'));
    const child = spawn(process.execPath, ['--import', oldNode, join(bare, 'bin', 'run.js'), '--version']);
    let errors = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors += text));
    const [code] = (await once(child, 'close')) as [number];
    expect(code).toBe(78);
    expect(errors).toMatch(/^keyturn needs Node\.js \^22\.22\.2 \|\| .* this is v20\.20\.2: .*\n$/);
  });
});
