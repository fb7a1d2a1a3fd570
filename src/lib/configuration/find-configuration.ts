import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';

const names = ['keyturn.config.yaml', 'keyturn.config.json'] as const;

/** Where a search begins, and what it needs to know of the process. */
export interface ConfigurationSearch {
  readonly workingFolder: string;
  readonly environment: NodeJS.ProcessEnv;
}

/**
 * The configuration file that counts: of the working folder or the nearest folder above it, else the user's
 * (`~/.config/keyturn`), else the system's (`/etc/keyturn`). Undefined where there is none.
 */
export function findConfiguration({ workingFolder, environment }: ConfigurationSearch): string | undefined {
  // An empty variable counts as none: what it names would be relative to the working folder.
  const { XDG_CONFIG_HOME: named = '' } = environment;
  const userFolder = named === '' ? join(homedir(), '.config') : named;
  const folders = [...foldersUpwards(workingFolder), join(userFolder, 'keyturn'), '/etc/keyturn'];
  for (const folder of folders) {
    const found = names.map((name) => join(folder, name)).find((path) => existsSync(path));
    if (found !== undefined) return found;
  }
  return undefined;
}

function foldersUpwards(folder: string): readonly string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUpwards(parent)];
}
