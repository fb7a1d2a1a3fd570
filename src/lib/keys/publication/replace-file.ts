import { randomBytes } from 'node:crypto';
import { open, readFile, realpath, rename, stat, unlink } from 'node:fs/promises';
import { dirname } from 'node:path';
import { shellWord } from '../../model/texts/shell-word.ts';
import { KeyFault } from '../material/key-fault.ts';
import { syncFolder } from './sync-folder.ts';

/** A file's content before and after. */
export interface FileReplacement {
  readonly path: string;
  /** What is replaced; if the file holds anything else by now, nothing is. */
  readonly before: string;
  readonly after: string;
  /** Called when everything is written, before the new content takes the place of the old one. */
  readonly onWritten: () => void;
}

/**
 * Replaces a file's content in one step: readers see the old text or the new one, and after a power cut one of both is
 * there. Owner, group and mode stay, and a symbolic link stays a link. A file that has changed meanwhile is left alone.
 */
export async function replaceFile({ path, before, after, onWritten }: FileReplacement): Promise<void> {
  const target = await realpath(path);
  const written = `${target}.keyturn-${randomBytes(4).toString('hex')}`;
  try {
    await writeLike(target, written, after);
    onWritten();
    if ((await readFile(target, 'utf8')) !== before) throw changedFault(path);
    await rename(written, target);
    await syncFolder(dirname(target));
  } catch (error) {
    await unlink(written).catch(() => undefined);
    if (error instanceof KeyFault) throw error;
    throw notUpdatedFault(path, error as NodeJS.ErrnoException);
  }
}

/** Mode and owner are set before the first byte: the text holds keys. */
async function writeLike(original: string, path: string, text: string): Promise<void> {
  const { mode, uid, gid } = await stat(original);
  const file = await open(path, 'wx', 0o600);
  try {
    if (process.platform !== 'win32') {
      const own = await file.stat();
      if (own.uid !== uid || own.gid !== gid) await file.chown(uid, gid);
      await file.chmod(mode & 0o7777);
    }
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

function changedFault(path: string): KeyFault {
  return new KeyFault({
    code: 'KT_CONFIG_NOT_UPDATED',
    reason: 'temporaryFailure',
    message: `file "${path}" was changed by somebody else at the same moment, and is left as it is`,
    hints: ['run the same command again'],
  });
}

function notUpdatedFault(path: string, cause: NodeJS.ErrnoException): KeyFault {
  return new KeyFault({
    code: 'KT_CONFIG_NOT_UPDATED',
    reason: 'environment',
    message: `file "${path}" cannot be replaced (${cause.code ?? 'unknown error'}); it is as it was`,
    hints: [
      `ls -ld ${shellWord(dirname(path))}`,
      'run the same command again once it can be written: it goes on where it stopped',
    ],
    cause,
  });
}
