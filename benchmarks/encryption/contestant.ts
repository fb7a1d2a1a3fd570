import { measureRun } from '../measured-command.ts';
import type { Measurement } from '../measurement.ts';
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
      const { rewritten, secondsOf, seconds, usage } = await measureRun([
        ...['encrypt', '--database', location, '--column', 'people.email', '--key', `file:${keyFile}`],
        ...[...into, ...index, ...flags, '--exclusive'],
      ]);
      return {
        rows: rewritten,
        seconds: secondsOf('execute'),
        details: {
          'sweep s': secondsOf('verify'),
          'whole encrypt s': seconds,
          'CPU us/row': (usage.cpuSeconds / rewritten) * 1e6,
          MiB: usage.peakKibibytes / 1024,
        },
      };
    },
  };
}
