import { readdir, readFile, readlink } from 'node:fs/promises';
import type { OtherProcess } from '../target-database.ts';

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

/** The name of the program alone: its arguments may hold secrets. */
async function describe(processId: number): Promise<OtherProcess> {
  const command = await readFile(`/proc/${String(processId)}/comm`, 'utf8').catch(() => 'unknown');
  return { processId, command: command.trim() };
}
