import { consentQuestion } from '../lib/cli/description/describe-plan.ts';
import { contractFlags, preferenceFlags } from '../lib/cli/flags/contract-flags.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { indexKeyFlags } from '../lib/cli/flags/index-flags.ts';
import { recordedKeyFlags } from '../lib/cli/flags/key-flags.ts';
import { unfinishedMigration } from '../lib/cli/flags/migration-arguments.ts';
import { runFlags } from '../lib/cli/flags/run-flags.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import type { RunResult } from '../lib/cli/results/run-result.ts';
import { RunCommand } from '../lib/cli/run-command.ts';
import { listWriters, type PlaintextWriter } from '../lib/model/runs/plaintext-writer.ts';

export default class Finalize extends RunCommand {
  static override summary = 'End an encryption into other columns: their plaintext goes.';
  static override description =
    'Takes over what was written since, lets nobody write plaintext any more, proves that every value has its cell, ' +
    'and only then empties the plaintext columns, or drops them. Their names have to be typed. Can be killed at any ' +
    'instant: the same command goes on. "keyturn rollback" brings the columns back for as long as the key exists.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --yes --confirm users.email',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --scrub',
    '<%= config.bin %> <%= command.id %> --database postgres://localhost/shop --contract drop',
  ];
  static override args = unfinishedMigration;
  static override flags = {
    ...databaseFlags,
    ...recordedKeyFlags,
    ...indexKeyFlags,
    ...contractFlags,
    ...preferenceFlags,
    ...runFlags,
  };

  async run(): Promise<RunResult> {
    const { args, flags } = await this.parse(Finalize);
    await recoverFirst('runs', flags);
    return this.whenFree(flags, async () => {
      const started = performance.now();
      const { prepareFinalization } = await import('../lib/session/preparation/prepare-finalization.ts');
      const location = flags.database;
      const overrides = this.recordedKeys(flags);
      const scrubbed = args.id === undefined ? await this.scrubIfAwaited(flags, overrides) : undefined;
      if (scrubbed) return scrubbed;
      const prepared = await prepareFinalization(location, args.id, overrides);
      const { writers, columns, begun } = prepared;
      const warnings = writers.length === 0 ? [] : [stillWritten(writers)];
      for (const warning of warnings) this.caution(warning);
      return this.carryOut({
        ...prepared,
        location,
        flags,
        preferred: flags.prefer,
        contract: {
          how: flags.contract ?? begun ?? 'empty',
          uniqueness: flags['drop-unique'] ? 'dropped' : 'kept',
          columns,
          when: 'now',
        },
        question: consentQuestion(prepared.plan, 'finalize'),
        defaultBackup: 'none',
        planMilliseconds: Math.round(performance.now() - started),
        warnings,
      });
    });
  }
}

function stillWritten(writers: readonly PlaintextWriter[]): string {
  return `plaintext was written since the last run: ${listWriters(writers)}; whoever writes it is refused from now on`;
}
