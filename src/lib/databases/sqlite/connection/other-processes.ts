import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { OtherProcess } from '../../../model/databases/other-process.ts';

/**
 * Processes other than this one that have a file open, from Linux's `/proc`; those of other users show only to
 * root. Empty on systems that have no `/proc`.
 */
export async function processesWithOpenFile(path: string): Promise<readonly OtherProcess[]> {
  const file = await identify(path);
  const entries = await readdir('/proc').catch((): readonly string[] => []);
  const processIds = entries.filter((entry) => /^\d+$/u.test(entry)).map(Number);
  const found = await Promise.all(
    processIds
      .filter((processId) => processId !== process.pid)
      .map(async (processId) =>
        (await hasOpen(processId, { path, file })) ? describe(processId) : undefined,
      ),
  );
  return found.filter((other) => other !== undefined);
}

/** A container names the file by another path, but in most cases by the same name: there, the file itself decides. */
async function hasOpen(
  processId: number,
  { path, file }: { readonly path: string; readonly file: string | undefined },
): Promise<boolean> {
  const folder = `/proc/${String(processId)}/fd`;
  const descriptors = await readdir(folder).catch((): readonly string[] => []);
  const found = await Promise.all(
    descriptors.map(async (descriptor) => {
      const target = await readlink(`${folder}/${descriptor}`).catch(() => '');
      if (target === path) return true;
      const isNamesake = basename(target) === basename(path) && file !== undefined;
      return isNamesake && (await identify(`${folder}/${descriptor}`)) === file;
    }),
  );
  return found.includes(true);
}

/** Device and number of a file, by which it is the same under every path. */
async function identify(path: string): Promise<string | undefined> {
  const found = await stat(path).catch(() => undefined);
  return found && `${String(found.dev)}:${String(found.ino)}`;
}

/**
 * The program, and the file it was given first: `python3 server.py`. Only what is the name of a file is shown,
 * because arguments may hold secrets. Where they cannot be read, the name the system gives the process.
 */
async function describe(processId: number): Promise<OtherProcess> {
  const folder = `/proc/${String(processId)}`;
  const line = await readFile(`${folder}/cmdline`, 'utf8').catch(() => '');
  const [program = '', ...words] = line.split('\0');
  const script = words.find((word) => !word.startsWith('-')) ?? '';
  const isFile = await stat(script.startsWith('/') ? script : `${folder}/cwd/${script}`).then(
    (found) => found.isFile(),
    () => false,
  );
  const name = program === '' ? await readFile(`${folder}/comm`, 'utf8').catch(() => 'unknown') : program;
  return { processId, command: [basename(name.trim()), ...(isFile ? [basename(script)] : [])].join(' ') };
}
