import { readFileSync, statSync } from 'node:fs';
import { hintsForUtf16, utf16NameOf, type Utf16Name } from '../model/bytes/utf16-text.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import { shellWord } from '../model/texts/shell-word.ts';

const othersMayWrite = 0o002;
const mostBytes = 1024 * 1024;

/** Whether somebody named the file, or it was merely found, perhaps in a folder that belongs to somebody else. */
export type ConfigurationOrigin = 'named' | 'found';

/**
 * The text of a configuration file. It may name programs (`cmd:`), so whoever can write it can run them: a file that
 * every user may write is refused, and so is one that was found and belongs to another user (exit 2).
 */
export function readConfigurationText(path: string, origin: ConfigurationOrigin): string {
  try {
    const stats = statSync(path);
    if (process.platform !== 'win32') {
      if ((stats.mode & othersMayWrite) !== 0) throw exposed(path);
      if (origin === 'found' && !isTrustedOwner(stats.uid)) throw foreign(path);
    }
    if (stats.size > mostBytes) throw unreadable(path, 'is larger than 1 MiB');
    return decode(path, readFileSync(path));
  } catch (error) {
    if (error instanceof KeyturnError) throw error;
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw unreadable(path, code === 'ENOENT' ? 'does not exist' : `cannot be read (${code})`, error);
  }
}

function decode(path: string, bytes: Uint8Array): string {
  const wide = utf16NameOf(bytes);
  if (wide !== undefined) throw inUtf16(path, wide);
  const text = new TextDecoder().decode(bytes);
  // Bytes that are no UTF-8 have become replacement characters.
  if (/[\0\uFFFD]/u.test(text)) throw unreadable(path, 'is not written in UTF-8');
  return text;
}

/** The user, the user behind sudo, or root. */
function isTrustedOwner(uid: number): boolean {
  const invoker = Number(process.env['SUDO_UID'] ?? Number.NaN);
  return uid === 0 || uid === process.getuid?.() || uid === invoker;
}

function exposed(path: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_CONFIG_UNSAFE',
    reason: 'usage',
    message: `every user of this machine can change the configuration "${path}", which may name programs to run`,
    hints: [`chmod o-w ${shellWord(path)}`],
  });
}

function foreign(path: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_CONFIG_UNSAFE',
    reason: 'usage',
    message: `the configuration "${path}" was found here, but belongs to another user`,
    hints: [`if you trust it: --config ${shellWord(path)}`],
  });
}

function inUtf16(path: string, name: Utf16Name): KeyturnError {
  return new KeyturnError({
    code: 'KT_CONFIG_UNREADABLE',
    reason: 'usage',
    message: `the configuration "${path}" is written in UTF-16, as Windows editors and PowerShell can`,
    hints: hintsForUtf16(name, path),
  });
}

function unreadable(path: string, problem: string, cause?: unknown): KeyturnError {
  return new KeyturnError({
    code: 'KT_CONFIG_UNREADABLE',
    reason: 'usage',
    message: `the configuration "${path}" ${problem}`,
    hints: [`ls -l ${shellWord(path)}`, 'keyturn init   # writes one'],
    cause,
  });
}
