import { isAbsolute, join } from 'node:path';
import type { Interfaces } from '@oclif/core';
import type { LoadedConfiguration } from '../../configuration/load-configuration.ts';
import type { SqliteLocation } from '../../model/databases/database-location.ts';
import { KeyturnError } from '../../model/keyturn-error.ts';
import { usageError } from '../usage-error.ts';

/** The field of a flag's value in the configuration; every other flag is in `run`, under its own name. */
const places: Readonly<Record<string, readonly string[]>> = {
  database: ['database'],
  'old-key': ['keys', 'old'],
  'new-key': ['keys', 'new'],
  'payload-key': ['keys', 'payload'],
  format: ['keys', 'format'],
  'to-format': ['keys', 'toFormat'],
  table: ['select', 'tables'],
  column: ['select', 'columns'],
  as: ['select', 'fieldTypes'],
  exclude: ['select', 'exclude'],
  unrecognised: ['select', 'unrecognised'],
  'sealed-as': ['select', 'sealedAs'],
};

/** What this module needs to know of a flag. */
interface ConfigurableFlag {
  readonly type: 'boolean' | 'option';
  readonly env?: string;
  readonly multiple?: boolean;
  readonly options?: readonly string[];
  readonly default?: unknown;
  readonly parse?: (text: string, context: object, flag: object) => Promise<unknown>;
}

/** One value of the configuration, on its way to a flag. */
interface ConfiguredValue {
  readonly value: unknown;
  /** Where it stands, for messages. */
  readonly place: string;
  readonly folder: string;
}

/** oclif's way to ask for a default. */
type DefaultValue = (context: object) => Promise<unknown>;

/**
 * A command's flags with the configuration's values as their defaults: a flag on the command line counts more, and so
 * does the environment. Key flags that only replace what is recorded have no variable, and are left alone; and so is where the
 * new key goes, which not every run of a command has.
 */
export function withConfiguration(
  flags: Interfaces.FlagInput,
  configuration: LoadedConfiguration,
): Interfaces.FlagInput {
  const entries = Object.entries(flags).map(([name, flag]) => {
    const configurable = flag as ConfigurableFlag;
    const isOverride = /^(?:old|new)-key$/.test(name) && configurable.env === undefined;
    const found = isOverride || name === 'update-config' ? undefined : findValue(name, configuration);
    // A list says nothing of the one column that a command asks for.
    const isListed = Array.isArray(found?.value) && configurable.multiple !== true;
    if (found === undefined || isListed) return [name, flag];
    return [name, { ...flag, default: defaultOf(configurable, found) }];
  });
  return Object.fromEntries(entries) as Interfaces.FlagInput;
}

function findValue(name: string, configuration: LoadedConfiguration): ConfiguredValue | undefined {
  const path = places[name] ?? ['run', camelCase(name)];
  const value = valueAt(configuration, path);
  if (value === undefined) return undefined;
  return {
    value,
    place: `${configuration.placeOf(path)}: "${path.join('.')}"`,
    folder: configuration.folder,
  };
}

function valueAt({ values }: LoadedConfiguration, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (section, name) =>
      typeof section === 'object' && section !== null && Object.hasOwn(section, name)
        ? (section as Readonly<Record<string, unknown>>)[name]
        : undefined,
    values,
  );
}

function camelCase(flag: string): string {
  return flag.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
}

/** A default that is a function looks at the environment, which counts more than a file. */
function defaultOf(flag: ConfigurableFlag, found: ConfiguredValue): DefaultValue {
  return async (context) => {
    const fromEnvironment =
      typeof flag.default === 'function' ? await (flag.default as DefaultValue)(context) : undefined;
    return fromEnvironment ?? (await understand(flag, found));
  };
}

async function understand(
  flag: ConfigurableFlag,
  { value, place, folder }: ConfiguredValue,
): Promise<unknown> {
  if (flag.type === 'boolean') return value;
  if (flag.multiple === true) return value;
  const text = String(value);
  if (flag.options && !flag.options.includes(text)) {
    throw usageError(`${place} must be one of: ${flag.options.join(', ')}`, ['correct the file']);
  }
  try {
    return anchor((await flag.parse?.(text, {}, flag)) ?? text, folder);
  } catch (error) {
    throw error instanceof KeyturnError ? atPlace(place, error) : error;
  }
}

/** A database named by a relative path is beside the configuration, not in the working folder. */
function anchor(value: unknown, folder: string): unknown {
  if (typeof value !== 'object' || value === null || !('path' in value)) return value;
  const location = value as SqliteLocation;
  if (folder === process.cwd() || isAbsolute(location.path)) return location;
  return { ...location, path: join(folder, location.path) };
}

function atPlace(place: string, { message, hints, code }: KeyturnError): KeyturnError {
  return new KeyturnError({
    code: code,
    reason: 'usage',
    message: `${place}: ${message}`,
    hints,
  });
}
