import { isatty } from 'node:tty';
import type { KeySource } from '../key-source.ts';
import { missingKeyFault, referenceFault } from '../material/key-fault.ts';
import { readToEnd } from './read-to-end.ts';

const standardInput = 0;

/** `-`: standard input, read to its end; never a terminal, which would show the key while it is typed. */
export const stdinSource: KeySource = {
  scheme: '-',
  forms: ['-'],
  locate: () => ({
    display: 'standard input',
    durability: 'volatile',
    stored: undefined,
    descriptor: standardInput,
    read: async () => ({ bytes: await readStandardInput(), warnings: [] }),
  }),
};

async function readStandardInput(): Promise<Uint8Array> {
  if (isatty(standardInput)) {
    throw referenceFault('standard input is a terminal: the key would show on the screen', [
      'keyturn ... < PATH',
      'write file:PATH instead of -',
    ]);
  }
  const bytes = await readToEnd(process.stdin);
  if (bytes.length === 0) {
    throw missingKeyFault('standard input ended before a key arrived', ['keyturn ... < PATH']);
  }
  return bytes;
}
