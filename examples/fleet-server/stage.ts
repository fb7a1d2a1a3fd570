import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters, styleText } from 'node:util';

const keyturn = fileURLToPath(new URL('../../bin/run.js', import.meta.url));
const isTerminal = process.stdout.isTTY;

/** What a command came to. */
interface CommandEnd {
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Its standard output, without colours. */
  readonly output: string;
}

/** Tells a story in a terminal or a pipe: sentences, commands as they are typed, and what these print. */
export interface Stage {
  heading(text: string): void;
  say(text: string): void;
  /** Shows and runs `keyturn ...` to its end; throws where it does not end with the exit code it should have. */
  run(commandLine: string, expected?: { readonly exitCode: number }): Promise<CommandEnd>;
  /** Runs a command without showing anything. */
  ask(commandLine: string): Promise<CommandEnd>;
  /** Shows and starts a command, and comes back while it runs. */
  start(commandLine: string): RunningCommand;
  /** Shows a command of the shell that the story carries out by itself. */
  type(commandLine: string): void;
}

/** A command in the background. */
export interface RunningCommand {
  readonly processId: number;
  readonly ended: Promise<CommandEnd>;
}

/** A stage whose commands run in a folder; its path is left out of what they print. */
export function openStage(folder: string): Stage {
  const shorten = (text: string): string => text.replaceAll(`${folder}/`, '').replaceAll(folder, '.');
  const paint = (style: 'bold' | 'cyan', text: string): string =>
    isTerminal ? styleText(style, text) : text;
  const print = (text: string): void => {
    process.stdout.write(`${text}\n`);
  };
  const show = (commandLine: string): void => {
    print(`\n  ${paint('cyan', `$ ${commandLine}`)}`);
  };
  const showOutput = (text: string): void => {
    if (text === '') return;
    for (const line of shorten(text).trimEnd().split('\n')) print(line === '' ? '' : `    ${line}`);
  };

  return {
    heading: (text) => {
      print(`\n${paint('bold', text)}`);
    },
    say: print,
    type: show,
    async run(commandLine, { exitCode } = { exitCode: 0 }) {
      show(commandLine);
      const end = await collect(spawnCommand(commandLine, folder), showOutput);
      if (end.exitCode !== exitCode) {
        throw new Error(
          `"${commandLine}" ended with ${describeEnd(end)} instead of exit code ${String(exitCode)}`,
        );
      }
      return end;
    },
    ask: (commandLine) => collect(spawnCommand(commandLine, folder), () => undefined),
    start(commandLine) {
      show(`${commandLine} &`);
      const child = spawnCommand(commandLine, folder);
      return { processId: child.pid ?? 0, ended: collect(child, showOutput) };
    },
  };
}

/** The commands of the story have no quotes: words are what stands between spaces. */
function spawnCommand(commandLine: string, folder: string): ChildProcess {
  const [, ...words] = commandLine.split(' ');
  return spawn(process.execPath, [keyturn, ...words], {
    cwd: folder,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...(isTerminal ? { FORCE_COLOR: '1' } : {}) },
  });
}

async function collect(child: ChildProcess, show: (text: string) => void): Promise<CommandEnd> {
  const output: string[] = [];
  child.stdout?.setEncoding('utf8').on('data', (text: string) => output.push(text));
  child.stderr?.setEncoding('utf8').on('data', show);
  const [exitCode, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  show(output.join(''));
  return { exitCode, signal, output: stripVTControlCharacters(output.join('')) };
}

function describeEnd({ exitCode, signal }: CommandEnd): string {
  return signal ?? `exit code ${String(exitCode)}`;
}
