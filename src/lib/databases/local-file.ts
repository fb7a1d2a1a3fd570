import { open } from 'node:fs/promises';
import type { RawFileReader } from '../model/databases/raw-file.ts';
import { KeyturnError } from '../model/keyturn-error.ts';
import { shellWord } from '../model/texts/shell-word.ts';

/** Opens a file of this machine; `null` where it is gone. Exit 15 where it cannot be read. */
export async function openLocalFile(path: string): Promise<RawFileReader | null> {
  const file = await open(path, 'r').catch((error: unknown) => {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return null;
    throw unreadable(path, code);
  });
  if (file === null) return null;
  return {
    read: async (memory, position) => (await file.read(memory, 0, memory.length, position)).bytesRead,
    close: () => file.close(),
  };
}

function unreadable(path: string, code: string): KeyturnError {
  return new KeyturnError({
    code: 'KT_DATABASE_UNAVAILABLE',
    reason: 'databaseUnavailable',
    message: `"${path}" cannot be read (${code}), so that nothing is proven of it`,
    hints: [`ls -l ${shellWord(path)}`, 'run the same command again as a user who may read it'],
  });
}
