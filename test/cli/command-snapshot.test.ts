import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

/** What oclif's manifest says about a flag or argument; scripts of our users depend on these parts. */
interface ManifestInput {
  readonly type?: string;
  readonly char?: string;
  readonly required?: boolean;
  readonly multiple?: boolean;
  readonly allowNo?: boolean;
  readonly options?: readonly string[];
  readonly aliases?: readonly string[];
}

interface ManifestCommand {
  readonly aliases: readonly string[];
  readonly args: Readonly<Record<string, ManifestInput>>;
  readonly flags: Readonly<Record<string, ManifestInput>>;
}

interface Manifest {
  readonly commands: Readonly<Record<string, ManifestCommand>>;
}

function promisesOf({
  type,
  char,
  required,
  multiple,
  allowNo,
  options,
  aliases,
}: ManifestInput): ManifestInput {
  return {
    ...(type !== undefined && { type }),
    ...(char !== undefined && { char }),
    ...(required === true && { required }),
    ...(multiple === true && { multiple }),
    ...(allowNo === true && { allowNo }),
    ...(options !== undefined && { options }),
    ...(aliases !== undefined && aliases.length > 0 && { aliases }),
  };
}

function sortedByName<T, U>(
  entries: Readonly<Record<string, T>>,
  change: (value: T) => U,
): Record<string, U> {
  const names = Object.keys(entries).sort();
  return Object.fromEntries(names.map((name) => [name, change(entries[name] as T)]));
}

/** Arguments keep their order, because it is what the user types. */
function inOrder(args: ManifestCommand['args']): readonly object[] {
  return Object.entries(args).map(([name, input]) => ({ name, ...promisesOf(input) }));
}

test('commands, flags and arguments are those of the snapshot (update: npm run snapshot:update)', async () => {
  const file = new URL('../../oclif.manifest.json', import.meta.url);
  const manifest = JSON.parse(readFileSync(file, 'utf8')) as Manifest;
  const commands = sortedByName(manifest.commands, ({ aliases, args, flags }) => ({
    ...(aliases.length > 0 && { aliases }),
    args: inOrder(args),
    flags: sortedByName(flags, promisesOf),
  }));
  await expect(`${JSON.stringify(commands, null, 2)}\n`).toMatchFileSnapshot('./commands.snapshot.json');
});
