import { open } from 'node:fs/promises';
import { KeyturnError } from '../model/keyturn-error.ts';
import { shellWord } from '../model/texts/shell-word.ts';

const ownerOnly = 0o600;

/** Writes a new configuration file that only its owner can read; an existing one is never overwritten (exit 2). */
export async function createConfiguration(path: string, text: string): Promise<void> {
  try {
    const file = await open(path, 'wx', ownerOnly);
    try {
      // Again, because the umask may have taken away even the owner's right to read.
      await file.chmod(ownerOnly);
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    throw code === 'EEXIST' ? existing(path) : notWritten(path, code);
  }
}

function existing(path: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_CONFIG_EXISTS',
    reason: 'usage',
    message: `"${path}" exists already, and is never overwritten`,
    hints: [`cat ${shellWord(path)}`, 'keyturn init --output OTHER.yaml'],
  });
}

function notWritten(path: string, code: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_CONFIG_UNREADABLE',
    reason: 'usage',
    message: `the configuration "${path}" cannot be written (${code})`,
    hints: ['keyturn init --output PATH'],
  });
}
