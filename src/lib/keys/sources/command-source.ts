import { spawn } from 'node:child_process';
import { timingSafeEqual } from 'node:crypto';
import { resolve } from 'node:path';
import { shellWord } from '../../model/texts/shell-word.ts';
import type { KeySource } from '../key-source.ts';
import { KeyFault, missingKeyFault, referenceFault } from '../material/key-fault.ts';
import { isKeyShaped } from '../material/key-shape.ts';
import { readToEnd } from './read-to-end.ts';

const formHint = `write a JSON array of strings: 'cmd:["pass","show","fleet/old-key"]'`;

/** A program and its arguments, as the operating system gets them. */
type ArgumentVector = readonly [string, ...string[]];

/**
 * `cmd:["program","argument"]`: what a program writes to its standard output. No shell takes part, and whatever the
 * program says on standard error is thrown away, because it may hold secrets. It is killed when it takes longer than
 * `timeoutMilliseconds`.
 */
export function createCommandSource(timeoutMilliseconds: number): KeySource {
  return {
    scheme: 'cmd',
    forms: ['cmd:["PROGRAM","ARGUMENT"]'],
    locate(location) {
      const vector = parseVector(location);
      const name = JSON.stringify(vector[0]);
      return {
        display: vector.length === 1 ? `cmd:[${name}]` : `cmd:[${name},...]`,
        durability: 'durable',
        stored: `cmd:${JSON.stringify(withAbsoluteProgram(vector))}`,
        read: async () => ({ bytes: await readTwice(vector, timeoutMilliseconds), warnings: [] }),
      };
    },
  };
}

function parseVector(text: string): ArgumentVector {
  const [program, ...rest] = parseStrings(text);
  if (program === undefined || program === '' || rest.some((argument) => argument.includes('\0'))) {
    throw referenceFault('what follows "cmd:" is not a program with its arguments', [formHint]);
  }
  if ([program, ...rest].some(isKeyShaped)) {
    throw referenceFault('an argument behind "cmd:" looks like a key itself', [
      'let the program find the key by name: its arguments stand in process lists and in the ledger',
    ]);
  }
  return [program, ...rest];
}

function parseStrings(text: string): readonly string[] {
  try {
    const value: unknown = JSON.parse(text);
    const areStrings = Array.isArray(value) && value.every((item) => typeof item === 'string');
    return areStrings ? value : [];
  } catch {
    return [];
  }
}

/** A name without a slash is looked for in PATH; anything else is found again from any folder only if it is absolute. */
function withAbsoluteProgram([program, ...rest]: ArgumentVector): ArgumentVector {
  return [program.includes('/') ? resolve(program) : program, ...rest];
}

/** A program that makes a new key each time it runs would leave cells under a key that nobody has. */
async function readTwice(vector: ArgumentVector, timeoutMilliseconds: number): Promise<Uint8Array> {
  const first = await runProgram(vector, timeoutMilliseconds);
  const second = await runProgram(vector, timeoutMilliseconds);
  const isEqual = first.length === second.length && timingSafeEqual(first, second);
  second.fill(0);
  if (isEqual) return first;
  first.fill(0);
  throw new KeyFault({
    code: 'KT_KEY_INVALID',
    reason: 'wrongKey',
    message: `program "${vector[0]}" printed something else when it was run again: what it printed is no stored key`,
    hints: [
      'let it print a key that is stored somewhere, the same one each time',
      'keyturn keys generate --output PATH',
    ],
  });
}

async function runProgram(vector: ArgumentVector, timeoutMilliseconds: number): Promise<Uint8Array> {
  const [program, ...rest] = vector;
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'ignore'] });
  const ended = new Promise<string | undefined>((settle) => {
    child.once('error', (error: NodeJS.ErrnoException) => {
      settle(`cannot be started (${error.code ?? 'unknown error'})`);
    });
    child.once('exit', (code, signal) => {
      settle(code === 0 ? undefined : `ended with ${signal ?? `exit code ${String(code)}`}`);
    });
  });
  const stop = (): void => {
    child.kill('SIGKILL');
    // A grandchild may hold the pipe open for ever.
    child.stdout.destroy(new Error('timeout'));
  };
  timeout.addEventListener('abort', stop);
  try {
    const bytes = await readToEnd(child.stdout);
    return checkOutput(vector, bytes, await ended);
  } catch (error) {
    throw timeout.aborted ? failedFault(vector, `did not end within ${timeoutMilliseconds / 1000} s`) : error;
  } finally {
    timeout.removeEventListener('abort', stop);
    child.kill('SIGKILL');
  }
}

function checkOutput(vector: ArgumentVector, bytes: Uint8Array, failure: string | undefined): Uint8Array {
  if (failure === undefined && bytes.length > 0) return bytes;
  bytes.fill(0);
  throw failedFault(vector, failure ?? 'printed nothing');
}

/** The arguments may hold passwords: they are for the operator's shell alone, not for a message. */
function failedFault([program]: ArgumentVector, failure: string): KeyFault {
  return missingKeyFault(`program "${program}" ${failure}`, [
    'run the program yourself to see what it says: keyturn does not show it, because it may hold secrets',
    `command -v ${shellWord(program)}`,
  ]);
}
