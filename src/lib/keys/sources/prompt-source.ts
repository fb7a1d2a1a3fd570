import { timingSafeEqual } from 'node:crypto';
import { nameOfRole, type KeyRole } from '../key-role.ts';
import type { KeySource } from '../key-source.ts';
import { missingKeyFault, referenceFault } from '../material/key-fault.ts';
import { readHiddenLine } from './read-hidden-line.ts';

/** `prompt:`: typed or pasted at a terminal, unseen. A new key is asked for twice: a slip would make another key of it. */
export const promptSource: KeySource = {
  scheme: 'prompt',
  forms: ['prompt:'],
  locate(location) {
    if (location !== '') throw referenceFault('nothing may follow "prompt:"', ['write prompt: alone']);
    return {
      display: 'prompt:',
      durability: 'volatile',
      stored: undefined,
      read: async (role) => ({ bytes: await ask(role), warnings: [] }),
    };
  },
};

async function ask(role: KeyRole): Promise<Uint8Array> {
  if (!process.stdin.isTTY) {
    throw referenceFault('there is no terminal to ask for the key at', [
      'write file:PATH, cred:NAME or cmd:["PROGRAM","ARGUMENT"] where nobody can be asked',
      'write - to read the key from standard input',
    ]);
  }
  const name = nameOfRole(role);
  const first = await readHiddenLine(`${name} (not shown): `);
  if (first.length === 0) throw missingKeyFault('nothing was typed', ['paste the key, then press Enter']);
  if (role !== 'new') return first;
  const second = await readHiddenLine(`${name} once more: `);
  const isEqual = first.length === second.length && timingSafeEqual(first, second);
  second.fill(0);
  if (isEqual) return first;
  first.fill(0);
  throw missingKeyFault('the two lines differ', ['run the same command again, and paste the key both times']);
}
