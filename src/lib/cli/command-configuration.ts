import type { Interfaces } from '@oclif/core';
import type { LoadedConfiguration } from '../configuration/load-configuration.ts';
import type { KeyOverrides } from '../session/keys/recorded-keys.ts';
import { withConfiguration } from './flags/configured-flags.ts';
import { typedValue } from './flags/typed-value.ts';
import { workingFolder } from './working-folder.ts';

/** The key flags of a command that knows its keys from the ledger. */
export interface RecordedKeyFlags {
  readonly 'old-key'?: string | undefined;
  readonly 'new-key'?: string | undefined;
  readonly 'index-key'?: string | undefined;
}

/** What a command tells oclif of its flags. */
interface FlagOptions {
  readonly flags?: object;
  readonly baseFlags?: object;
  readonly enableJsonFlag?: boolean;
}

/**
 * The configuration that counts for a command line: the one it names (`--config`, `KEYTURN_CONFIG`), else the one that is found;
 * undefined where there is none. Exit 2 for a bad one.
 */
export async function configurationOf(argv: readonly string[]): Promise<LoadedConfiguration | undefined> {
  const named = typedValue(argv, '--config') ?? process.env['KEYTURN_CONFIG'];
  const { loadConfiguration } = await import('../configuration/load-configuration.ts');
  return loadConfiguration({
    named: named === '' ? undefined : named,
    workingFolder: workingFolder(),
    environment: process.env,
  });
}

/** What oclif parses, with what the configuration says as the defaults of its flags. */
export function configured<Options extends FlagOptions>(
  options: Options | undefined,
  configuration: LoadedConfiguration | undefined,
): Options | undefined {
  if (!options || !configuration) return options;
  const { flags, baseFlags, enableJsonFlag } = options;
  const known = { ...baseFlags, ...flags } as Interfaces.FlagInput;
  return { ...options, baseFlags, enableJsonFlag, flags: withConfiguration(known, configuration) };
}

/** The keys that replace recorded ones, flag by flag, and where those are that neither a flag nor the ledger names. */
export function keyOverridesOf(
  flags: RecordedKeyFlags,
  configuration: LoadedConfiguration | undefined,
): KeyOverrides {
  const keys = configuration?.values.keys;
  return {
    oldKey: flags['old-key'],
    newKey: flags['new-key'],
    indexKey: flags['index-key'],
    otherwise: {
      oldKey: process.env['KEYTURN_OLD_KEY'] ?? keys?.old,
      newKey: process.env['KEYTURN_NEW_KEY'] ?? keys?.new,
    },
  };
}
