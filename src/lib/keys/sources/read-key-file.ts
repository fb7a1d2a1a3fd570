import type { Stats } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { shellWord } from '../../model/texts/shell-word.ts';
import type { KeyMaterial } from '../key-source.ts';
import { KeyFault, missingKeyFault } from '../material/key-fault.ts';
import { readToEnd } from './read-to-end.ts';

const othersMayReadOrWrite = 0o006;
const groupMayReadOrWrite = 0o060;

/** A file with a key in it: it is the key, or a configuration with the key in one of its fields. */
export interface KeyFile {
  readonly path: string;
  readonly holds: 'the key' | 'a field';
  /** What to do where others may read it: some systems hand secrets over in files whose mode is theirs to set. */
  readonly exposure: 'refuse' | 'leave to the system';
}

/** Reads a file that holds a key; throws a KeyFault where it is missing, unreadable, empty or open to every user. */
export async function readKeyFile(file: KeyFile): Promise<KeyMaterial> {
  const { path, exposure } = file;
  const handle = await openKeyFile(path);
  try {
    const stats = await handle.stat();
    if (stats.isDirectory()) throw folderFault(path);
    if (stats.isCharacterDevice() || stats.isBlockDevice()) {
      throw missingKeyFault(`"${path}" is a device, not a key file`, ['write file:PATH, e.g. file:old.key']);
    }
    const warnings = exposure === 'refuse' ? checkMode(file, stats) : [];
    const bytes = await readToEnd(handle.createReadStream({ autoClose: false }));
    if (bytes.length === 0) throw missingKeyFault(`file "${path}" is empty`, [`ls -l ${shellWord(path)}`]);
    return { bytes, warnings };
  } finally {
    await handle.close();
  }
}

async function openKeyFile(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'r');
  } catch (error) {
    throw openFault(path, error as NodeJS.ErrnoException);
  }
}

function openFault(path: string, cause: NodeJS.ErrnoException): KeyFault {
  const missing = { code: 'KT_KEY_MISSING', reason: 'wrongKey', cause } as const;
  const unreadable = { code: 'KT_KEY_UNREADABLE', reason: 'wrongKey', cause } as const;
  const look = `ls -l ${shellWord(path)}`;
  const reason = cause.code ?? 'unknown error';
  switch (reason) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new KeyFault({
        ...missing,
        message: `file "${path}" does not exist`,
        hints: [`ls -l ${shellWord(dirname(path))}`],
      });
    case 'EACCES':
    case 'EPERM':
      return new KeyFault({
        ...unreadable,
        message: `no permission to read file "${path}"`,
        hints: [look, 'run keyturn as the user who owns the file'],
      });
    default:
      return new KeyFault({
        ...unreadable,
        message: `file "${path}" cannot be opened (${reason})`,
        hints: [look],
      });
  }
}

function folderFault(path: string): KeyFault {
  return missingKeyFault(`"${path}" is a folder, not a key file`, [`ls -l ${shellWord(path)}`]);
}

/** Refuses a file that everyone can read; the returned warning tells of one that its group can read. */
function checkMode({ path, holds }: KeyFile, stats: Stats): readonly string[] {
  if (process.platform === 'win32') return [];
  const command = `chmod 600 ${shellWord(path)}`;
  if ((stats.mode & othersMayReadOrWrite) !== 0) {
    throw new KeyFault({
      code: 'KT_KEY_EXPOSED',
      reason: 'usage',
      message: `every user of this machine can read or change file "${path}" (mode ${modeOf(stats)})`,
      hints: [
        command,
        holds === 'the key'
          ? `keyturn ... fd:3 3< ${shellWord(path)}   # where the mode cannot be changed`
          : 'where the mode cannot be changed, copy the key into a file of its own, and write file:PATH',
      ],
    });
  }
  if ((stats.mode & groupMayReadOrWrite) !== 0) {
    return [`the group of file "${path}" can read or change it (mode ${modeOf(stats)}): ${command}`];
  }
  return [];
}

function modeOf(stats: Stats): string {
  return (stats.mode & 0o777).toString(8).padStart(4, '0');
}
