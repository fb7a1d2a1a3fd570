import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { readConfigurationText } from './configuration-file.ts';
import type { Configuration } from './configuration-schema.ts';
import { fillIn } from './fill-in.ts';
import { findConfiguration, type ConfigurationSearch } from './find-configuration.ts';
import type { ParsedConfiguration } from './parse-configuration.ts';

/** A configuration that counts, ready for use: texts filled in, key files found from any folder. */
export interface LoadedConfiguration extends ParsedConfiguration {
  /** Absolute. */
  readonly path: string;
  /** Relative paths in the file start here. */
  readonly folder: string;
}

/** Which configuration to load. */
export interface ConfigurationRequest extends ConfigurationSearch {
  /** The file that somebody named; undefined: the one that is found. */
  readonly named: string | undefined;
}

/** Loads the configuration that was named, or the one that is found; undefined where there is none. Exit 2 for a bad one. */
export async function loadConfiguration(
  request: ConfigurationRequest,
): Promise<LoadedConfiguration | undefined> {
  const { named, workingFolder, environment } = request;
  const path = named === undefined ? findConfiguration(request) : resolve(workingFolder, named);
  if (path === undefined) return undefined;
  const text = readConfigurationText(path, named === undefined ? 'found' : 'named');
  // Most commands run without a configuration and need neither parser nor schema.
  const { parseConfiguration } = await import('./parse-configuration.ts');
  const parsed = parseConfiguration({ name: basename(path), text });
  const folder = dirname(path);
  const fill = (value: string): string =>
    fillIn(value, { place: parsed.placeOf(['database']), folder, environment });
  return { ...parsed, path, folder, values: complete(parsed.values, { folder, workingFolder, fill }) };
}

interface Completion {
  readonly folder: string;
  readonly workingFolder: string;
  readonly fill: (text: string) => string;
}

function complete(values: Configuration, { folder, workingFolder, fill }: Completion): Configuration {
  const anchor = (reference: string | undefined): string | undefined =>
    reference !== undefined && folder !== workingFolder ? anchorReference(reference, folder) : reference;
  return {
    ...values,
    ...(values.database !== undefined && { database: fill(values.database) }),
    ...(values.run && {
      run: {
        ...values.run,
        updateConfig: anchor(values.run.updateConfig),
        throttleFile: values.run.throttleFile && anchorPath(values.run.throttleFile, folder),
      },
    }),
    ...(values.keys && {
      keys: {
        ...values.keys,
        old: anchor(values.keys.old),
        new: anchor(values.keys.new),
        payload: anchor(values.keys.payload),
      },
    }),
  };
}

/** A key file named by a relative path is beside the configuration, not in the working folder. */
function anchorReference(reference: string, folder: string): string {
  const path = /^file:(?<path>[^#]*)/i.exec(reference)?.groups?.['path'];
  if (path === undefined || path.startsWith('~')) return reference;
  return `file:${anchorPath(path, folder)}${reference.slice('file:'.length + path.length)}`;
}

function anchorPath(path: string, folder: string): string {
  return isAbsolute(path) ? path : join(folder, path);
}
