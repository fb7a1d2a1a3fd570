import { measureCommand } from '../measured-command.ts';
import type { Measurement } from '../postgres/contestants.ts';
import type { EncryptionWay } from './way.ts';

/** Something that encrypts, or writes as much as an encryption, in a copy of the database at a location. */
export interface Contestant {
  readonly name: string;
  /** The name of the contestant that it is measured against: the floor of the same way. */
  readonly floor: string;
  run(location: string): Promise<Measurement>;
}

/** The keys of a run, as files. */
export interface EncryptionKeys {
  readonly keyFile: string;
  readonly indexKeyFile: string;
}

/** How a way's floor is called: who writes as much, of values that are ready. */
export function floorOf({ name }: EncryptionWay): string {
  return `floor, ${name}`;
}

/** keyturn as a user runs it, with every safety feature on; timed is the execute phase of its own report. */
export function keyturn(
  way: EncryptionWay,
  { keyFile, indexKeyFile }: EncryptionKeys,
  flags: readonly string[],
): Contestant {
  const into = way.cells === 'email' ? [] : ['--into', '{column}_encrypted'];
  const index =
    way.index === 'none'
      ? []
      : ['--blind-index', 'people.email:lower', '--index-key', `file:${indexKeyFile}`];
  return {
    name: `keyturn, ${way.name}`,
    floor: floorOf(way),
    async run(location) {
      const { result, seconds, usage } = await measureCommand([
        ...['encrypt', '--database', location, '--column', 'people.email', '--key', `file:${keyFile}`],
        ...[...into, ...index, ...flags],
        ...['--exclusive', '--yes', '--json', '--progress', 'none'],
      ]);
      const { phases, cells } = result as {
        readonly phases: Readonly<Record<string, number>>;
        readonly cells: Readonly<Record<string, number>>;
      };
      const inSeconds = (phase: string): number => (phases[phase] ?? 0) / 1000;
      const rows = cells['rewritten'] ?? 0;
      return {
        rows,
        seconds: inSeconds('execute'),
        details: {
          'sweep s': inSeconds('verify'),
          'whole encrypt s': seconds,
          'CPU us/row': (usage.cpuSeconds / rows) * 1e6,
          MiB: usage.peakKibibytes / 1024,
        },
      };
    },
  };
}
