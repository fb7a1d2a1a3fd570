import { Flags, type Interfaces } from '@oclif/core';
import { KeyturnCommand } from '../lib/cli/base-command.ts';
import { describePlan } from '../lib/cli/description/describe-plan.ts';
import { selectionFlags } from '../lib/cli/flags/column-flags.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { planFlags, requireBothKeys } from '../lib/cli/flags/plan-flags.ts';
import { formatOptionsOf, keysOf, rotationOptionsOf } from '../lib/cli/flags/rotation-flags.ts';
import { scrubFlags } from '../lib/cli/flags/run-flags.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import { renderPlan } from '../lib/cli/rendering/render-plan.ts';
import type { PlanResult } from '../lib/cli/results/plan-result.ts';
import type { PlanOutcome } from '../lib/planning/build-plan.ts';

const flagsOfPlan = {
  ...databaseFlags,
  ...planFlags,
  ...selectionFlags,
  ...scrubFlags,
  output: Flags.string({ char: 'o', summary: 'Write the plan to this file.', helpValue: 'FILE' }),
  overwrite: Flags.boolean({ summary: 'Replace the file if it is a plan.', dependsOn: ['output'] }),
};

type PlanFlags = Interfaces.InferredFlags<typeof flagsOfPlan>;

export default class Plan extends KeyturnCommand<PlanResult> {
  static override summary = 'Show what a rotation would do, and write it to a file; changes nothing.';
  static override description =
    'Opens the database read-only, finds the encrypted columns by content and says for each which key opens what, ' +
    'what a run will cost and what stands in its way.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --old-key env:OLD --new-key file:new.key',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --old-key env:OLD --new-key file:new.key --output plan.json',
    "<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --encrypt users.email --key file:data.key --into '{column}_encrypted' --output plan.json",
  ];
  static override flags = flagsOfPlan;

  async run(): Promise<PlanResult> {
    const { flags } = await this.parse(Plan);
    await recoverFirst('reads', flags);
    const outcome =
      flags.key === undefined ? await this.#planRotation(flags) : await this.#planEncryption(flags);
    if (flags.output !== undefined) {
      const { writePlanFile } = await import('../lib/planning/plan-files/write-plan-file.ts');
      const existing = flags.overwrite ? 'replace' : 'refuse';
      await writePlanFile(outcome.plan, { path: flags.output, existing });
    }
    const result = describePlan(outcome, flags.database, flags.output ?? null);
    this.print(renderPlan(result, this.painter));
    return result;
  }

  async #planRotation(given: PlanFlags): Promise<PlanOutcome> {
    const flags = requireBothKeys(given);
    const { chooseFormats } = await import('../lib/session/formats/choose-formats.ts');
    const { loadRotationKeys, planRotationForLater } =
      await import('../lib/session/preparation/plan-rotation.ts');
    const formats = await chooseFormats(flags.database, formatOptionsOf(flags));
    const keys = await loadRotationKeys(keysOf(flags, formats));
    for (const warning of [...keys.old.warnings, ...keys.new.warnings]) this.caution(warning);
    return planRotationForLater(flags.database, keys, {
      ...rotationOptionsOf(flags, this.config.version),
      formats,
    });
  }

  async #planEncryption({
    key = '',
    format,
    encrypt,
    decrypt = [],
    into,
    ...flags
  }: PlanFlags): Promise<PlanOutcome> {
    const { planEncryption } = await import('../lib/session/preparation/prepare-encryption.ts');
    const { keys, outcome } = await planEncryption(flags.database, {
      ...(encrypt ? { kind: 'encrypt', columns: encrypt } : { kind: 'decrypt', columns: decrypt }),
      madeBy: this.config.version,
      key,
      format,
      into,
      bind: undefined,
      afterwards: flags.scrub ? 'scrub' : undefined,
      sealedAs: flags['sealed-as'],
      empty: encrypt ? 'keep' : 'encrypt',
      fieldTypes: flags.as ?? [],
      blindIndexes: flags['blind-index'] ?? [],
      indexKey: flags['index-key'],
      assumedPlaintext: [],
    });
    for (const warning of [...(keys.old?.warnings ?? []), ...(keys.new?.warnings ?? [])])
      this.caution(warning);
    return outcome;
  }
}
