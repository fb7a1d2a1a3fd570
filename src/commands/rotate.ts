import { consentQuestion } from '../lib/cli/description/describe-plan.ts';
import { selectionFlags } from '../lib/cli/flags/column-flags.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { newIndexKeyFlags } from '../lib/cli/flags/index-flags.ts';
import { keyFlags } from '../lib/cli/flags/key-flags.ts';
import { formatOptionsOf, keysOf, rotationOptionsOf } from '../lib/cli/flags/rotation-flags.ts';
import { publicationFlags, runFlags } from '../lib/cli/flags/run-flags.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import type { RunResult } from '../lib/cli/results/run-result.ts';
import { RunCommand } from '../lib/cli/run-command.ts';

export default class Rotate extends RunCommand {
  static override summary = 'Re-encrypt every cell under a new key: plan, ask, back up, execute, verify.';
  static override description =
    'Finds the encrypted columns by content, rewrites them in small transactions and proves at the end that no ' +
    'cell opens under the old key any more. Can be killed at any instant: the same command goes on where it stopped.';
  static override examples = [
    '<%= config.bin %> keys generate --format fernet --output file:new.key',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --old-key env:OLD --new-key file:new.key',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --old-key env:OLD --new-key file:new.key --scrub',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --old-key file:config.yaml#server.db_encryption_key --new-key file:new.key --yes --if-locked skip',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --old-key file:old.key --new-key file:new.key --new-index-key file:new-index.key',
  ];
  static override flags = {
    ...databaseFlags,
    ...keyFlags,
    ...selectionFlags,
    ...newIndexKeyFlags,
    ...runFlags,
    ...publicationFlags,
  };

  async run(): Promise<RunResult> {
    const flags = this.withPublication((await this.parse(Rotate)).flags);
    await recoverFirst('runs', flags);
    const { chooseFormats } = await import('../lib/session/formats/choose-formats.ts');
    const { loadRotationKeys } = await import('../lib/session/preparation/plan-rotation.ts');
    // Read once: a key may come through a stream.
    let loading: ReturnType<typeof loadRotationKeys> | undefined;
    return this.whenFree(flags, async () => {
      const location = flags.database;
      const started = performance.now();
      const { prepareRotation } = await import('../lib/session/preparation/prepare-rotation.ts');
      const formats = await chooseFormats(location, formatOptionsOf(flags));
      const keys = await (loading ??= loadRotationKeys(keysOf(flags, formats)));
      const options = { ...rotationOptionsOf(flags, this.config.version), formats };
      const prepared = await prepareRotation(location, keys, options);
      const planMilliseconds = Math.round(performance.now() - started);
      if (prepared.kind === 'already') {
        return this.concludeAlready({ ...prepared, keys }, { flags, planMilliseconds });
      }
      const job = {
        location,
        flags,
        keys,
        planMilliseconds,
        intent: prepared.intent,
        defaultBackup: 'beside',
      } as const;
      if (prepared.kind === 'resume') {
        const { plan } = prepared;
        return this.carryOut({ ...job, plan, warnings: [], question: consentQuestion(plan, 'resume') });
      }
      const { plan, warnings } = prepared.outcome;
      this.showPlan(prepared.outcome, location);
      return this.carryOut({ ...job, plan, warnings, question: consentQuestion(plan, 'start') });
    });
  }
}
