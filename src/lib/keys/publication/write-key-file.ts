import { timingSafeEqual } from 'node:crypto';
import { open, readFile, unlink, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { shellWord } from '../../model/texts/shell-word.ts';
import { resolveKeyPath } from '../key-path.ts';
import { parseKeyReference, type KeyReference } from '../key-reference.ts';
import { KeyFault, referenceFault } from '../material/key-fault.ts';
import { encodeKeyText } from '../material/key-text.ts';
import type { SecretKey } from '../secret-key.ts';
import { syncFolder } from './sync-folder.ts';

const ownerOnly = 0o600;

/** A key to be written to a file that does not exist yet. */
export interface KeyFileRequest {
  readonly key: SecretKey;
  /** `file:PATH` or a bare path; `~/` is expanded. */
  readonly output: string;
}

/**
 * Writes a key as text without a line break, so that every reader gets the key and nothing else. When this returns, the
 * key is on disk: file and folder are synced and the file was read back. Never overwrites (exit 2); a file that could
 * not be finished is removed. Returns the reference under which `loadKey` finds the key again.
 */
export async function writeKeyFile({ key, output }: KeyFileRequest): Promise<KeyReference> {
  try {
    const path = outputPath(output);
    const content = key.use((bytes) => Buffer.from(encodeKeyText(bytes), 'latin1'));
    try {
      await createDurably(path, content);
    } finally {
      content.fill(0);
    }
    return parseKeyReference(`file:${path}`, 'key');
  } catch (error) {
    throw error instanceof KeyFault ? error.about('key file') : error;
  }
}

function outputPath(output: string): string {
  const scheme = /^([a-z]{2,}):/.exec(output)?.[1];
  if (output === '-' || (scheme !== undefined && scheme !== 'file') || /#|\?(?:enc|derive)=/.test(output)) {
    throw referenceFault('a key can be written only to a file of its own', [
      'write --output PATH or --output file:PATH',
    ]);
  }
  return resolveKeyPath(scheme === 'file' ? output.slice('file:'.length) : output);
}

async function createDurably(path: string, content: Uint8Array): Promise<void> {
  const handle = await createExclusively(path);
  try {
    await fillAndSync(handle, content);
    await syncFolder(dirname(path));
    await compareWithDisk(path, content);
  } catch (error) {
    await unlink(path).catch(() => undefined);
    throw error instanceof KeyFault ? error : notWrittenFault(path, error as NodeJS.ErrnoException);
  }
}

async function createExclusively(path: string): Promise<FileHandle> {
  try {
    return await open(path, 'wx', ownerOnly);
  } catch (error) {
    throw createFault(path, error as NodeJS.ErrnoException);
  }
}

/** The mode is set again because the umask may have taken away even the owner's right to read. */
async function fillAndSync(handle: FileHandle, content: Uint8Array): Promise<void> {
  try {
    await handle.chmod(ownerOnly);
    await handle.writeFile(content);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function compareWithDisk(path: string, content: Uint8Array): Promise<void> {
  const written = await readFile(path);
  const isEqual = written.length === content.length && timingSafeEqual(written, content);
  written.fill(0);
  if (!isEqual) {
    throw new KeyFault({
      code: 'KT_KEY_NOT_WRITTEN',
      reason: 'environment',
      message: `file "${path}" does not read back as it was written`,
      hints: [`df ${shellWord(dirname(path))}`, 'write the key to another disk'],
    });
  }
}

function createFault(path: string, cause: NodeJS.ErrnoException): KeyFault {
  const folder = shellWord(dirname(path));
  switch (cause.code ?? 'unknown error') {
    case 'EEXIST':
      return new KeyFault({
        code: 'KT_KEY_FILE_EXISTS',
        reason: 'usage',
        message: `"${path}" exists already and is never overwritten: it may hold the only copy of a key`,
        hints: ['choose another path', `keyturn keys inspect file:${shellWord(path)}`],
        cause,
      });
    case 'ENOENT':
    case 'ENOTDIR':
      return new KeyFault({
        code: 'KT_KEY_NOT_WRITTEN',
        reason: 'usage',
        message: `folder "${dirname(path)}" does not exist`,
        hints: [`mkdir -p -m 700 ${folder}`],
        cause,
      });
    default:
      return notWrittenFault(path, cause);
  }
}

function notWrittenFault(path: string, cause: NodeJS.ErrnoException): KeyFault {
  const folder = shellWord(dirname(path));
  return new KeyFault({
    code: 'KT_KEY_NOT_WRITTEN',
    reason: 'environment',
    message: `file "${path}" cannot be written (${cause.code ?? 'unknown error'}); no key was kept`,
    hints: [`ls -ld ${folder}`, `df ${folder}`],
    cause,
  });
}
