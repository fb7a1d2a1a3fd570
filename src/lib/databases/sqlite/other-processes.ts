import { readdir, readFile, readlink, stat } from 'node:fs/promises';
import { basename } from 'node:path';
import type { OtherProcess } from '../../model/other-process.ts';

/**
 * Processes other than this one that have a file open, from Linux's `/proc`; those of other users show only to
 * root. Empty on systems that have no `/proc`.
 */
export async function processesWithOpenFile(path: string): Promise<readonly OtherProcess[]> {
  const entries = await readdir('/proc').catch((): readonly string[] => []);
  const processIds = entries.filter((entry) => /^\d+$/u.test(entry)).map(Number);
  const found = await Promise.all(
    processIds
      .filter((processId) => processId !== process.pid)
      .map(async (processId) => ((await hasOpen(processId, path)) ? describe(processId) : undefined)),
  );
  return found.filter((other) => other !== undefined);
}

async function hasOpen(processId: number, path: string): Promise<boolean> {
  const folder = `/proc/${String(processId)}/fd`;
  const descriptors = await readdir(folder).catch((): readonly string[] => []);
  const targets = await Promise.all(
    descriptors.map((descriptor) => readlink(`${folder}/${descriptor}`).catch(() => '')),
  );
  return targets.includes(path);
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
