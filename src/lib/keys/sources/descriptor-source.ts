import { createReadStream, fstatSync, readdirSync, readlinkSync, type Stats } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { isatty } from 'node:tty';
import type { KeySource } from '../key-source.ts';
import { missingKeyFault, referenceFault } from '../material/key-fault.ts';
import { readToEnd } from './read-to-end.ts';
import { stdinSource } from './stdin-source.ts';

const firstInherited = 3;
const handoverHint = 'keyturn ... fd:3 3< PATH';

/** `fd:N`: a descriptor handed over by the parent process, read to its end and closed. `fd:0` is standard input. */
export const descriptorSource: KeySource = {
  scheme: 'fd',
  forms: ['fd:N'],
  locate(location) {
    const descriptor = parseDescriptor(location);
    if (descriptor === 0) return stdinSource.locate('');
    return {
      display: `fd:${descriptor}`,
      durability: 'volatile',
      stored: undefined,
      descriptor,
      read: async () => ({ bytes: await readDescriptor(descriptor), warnings: [] }),
    };
  },
};

function parseDescriptor(location: string): number {
  const descriptor = /^\d{1,6}$/.test(location) ? Number(location) : Number.NaN;
  if (descriptor === 0 || descriptor >= firstInherited) return descriptor;
  throw referenceFault('what follows "fd:" must be the number of an open descriptor: 0, or 3 and above', [
    handoverHint,
  ]);
}

async function readDescriptor(descriptor: number): Promise<Uint8Array> {
  if (isatty(descriptor)) {
    throw referenceFault(`descriptor ${descriptor} is a terminal: the key would show on the screen`, [
      handoverHint,
    ]);
  }
  const bytes = await readToEnd(openDescriptor(descriptor));
  if (bytes.length === 0) {
    throw missingKeyFault(`descriptor ${descriptor} ended before a key arrived`, [handoverHint]);
  }
  return bytes;
}

/** Pipes go through the event loop, because their other end may have made them non-blocking. */
function openDescriptor(descriptor: number): Readable {
  const stats = statDescriptor(descriptor);
  if (stats?.isFile() === true) return createReadStream('', { fd: descriptor });
  if (stats?.isSocket() === true || (stats?.isFIFO() === true && !isOwnPipe(descriptor))) {
    return new Socket({ fd: descriptor, readable: true, writable: false });
  }
  throw missingKeyFault(`descriptor ${descriptor} was not handed over to keyturn`, [handoverHint]);
}

function statDescriptor(descriptor: number): Stats | undefined {
  try {
    return fstatSync(descriptor);
  } catch {
    return undefined;
  }
}

/** Node keeps both ends of its own wake-up pipes: reading one would hang, and steal its messages. */
function isOwnPipe(descriptor: number): boolean {
  if (process.platform !== 'linux') return false;
  const pipe = linkOf(descriptor);
  return readdirSync('/proc/self/fd').filter((other) => linkOf(other) === pipe).length > 1;
}

/** What a descriptor is, e.g. `pipe:[4711]`; undefined once it is closed, like the one that lists the folder. */
function linkOf(descriptor: number | string): string | undefined {
  try {
    return readlinkSync(`/proc/self/fd/${descriptor}`);
  } catch {
    return undefined;
  }
}
