import { Flags } from '@oclif/core';
import { KeyturnCommand } from '../lib/cli/base-command.ts';
import {
  describeScrub,
  exitReasonOfScrub,
  questionBeforeScrub,
  scrubStopped,
} from '../lib/cli/description/describe-scrub.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { recordedKeyFlags } from '../lib/cli/flags/key-flags.ts';
import { confirmationFlags, progressFlags } from '../lib/cli/flags/run-flags.ts';
import { durationFlag } from '../lib/cli/flags/value-flags.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import { renderScrub } from '../lib/cli/rendering/render-scrub.ts';
import type { ScrubResult } from '../lib/cli/results/scrub-result.ts';

export default class Scrub extends KeyturnCommand<ScrubResult> {
  static override summary =
    'Remove what is left of old values in free pages, logs and statistics, and prove it.';
  static override description =
    'Rewrites the database (VACUUM), empties its log, and then searches the raw files for a random sample of the old ' +
    'values, of which the ledger keeps fingerprints that only the key of the migration can read. Safe to kill and to ' +
    'run again. What is out of reach (backups, snapshots, the disk itself) is listed. Exit 14 where something was found.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --check',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --delete-backups --yes --json',
    '<%= config.bin %> <%= command.id %> --database postgres://admin@db1/shop --migration 01a20f5c',
  ];
  static override flags = {
    ...databaseFlags,
    migration: Flags.string({
      summary: 'The migration whose old values shall go, or the beginning of its id; by default the latest.',
      helpValue: 'ID',
    }),
    check: Flags.boolean({
      char: 'n',
      aliases: ['dry-run'],
      summary: 'Only search; change nothing.',
    }),
    'delete-backups': Flags.boolean({
      summary: 'Also delete the copies that keyturn has made of this database; they hold the old values.',
      exclusive: ['check'],
    }),
    wait: durationFlag(
      'How long to wait while others keep the database locked, or read from its log: 30s, 5m.',
    )({
      default: 30_000,
    }),
    ...recordedKeyFlags,
    ...confirmationFlags,
    ...progressFlags,
  };

  async run(): Promise<ScrubResult> {
    const { flags } = await this.parse(Scrub);
    const mode = flags.check ? 'checked' : 'scrubbed';
    await recoverFirst(flags.check ? 'reads' : 'runs', flags);
    const { openScrubScene } = await import('../lib/session/scrub/open-scrub.ts');
    const scene = await openScrubScene(flags.database, {
      mode,
      migration: flags.migration,
      keys: this.recordedKeys(flags),
    });
    try {
      const backups = flags['delete-backups'] ? 'deleted' : 'kept';
      if (mode === 'scrubbed') await this.confirm([questionBeforeScrub(await scene.examine(), backups)]);
      const { listenForStop } = await import('../lib/session/stop-signals.ts');
      const stop = listenForStop((message) => {
        this.note(message);
      });
      try {
        const report = await this.withReporter((reporter) =>
          scene.carryOut({ backups, timeoutMilliseconds: flags.wait, reporter, stop: stop.requested }),
        );
        const result = describeScrub(report, { location: flags.database, mode });
        this.endWith(exitReasonOfScrub(result));
        if (mode === 'checked') this.print(renderScrub(result, this.painter));
        else this.printDeed(renderScrub(result, this.painter));
        return result;
      } catch (error) {
        const stoppedWith = stop.exitCode();
        throw stoppedWith === undefined ? error : scrubStopped(stoppedWith);
      } finally {
        stop.close();
      }
    } finally {
      await scene.close();
    }
  }
}
