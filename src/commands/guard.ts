import { Args } from '@oclif/core';
import { KeyturnCommand } from '../lib/cli/base-command.ts';
import { describeGuards, questionsBeforeGuard } from '../lib/cli/description/describe-guards.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { confirmationFlags } from '../lib/cli/flags/run-flags.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import { renderGuards } from '../lib/cli/rendering/render-guards.ts';
import type { GuardResult } from '../lib/cli/results/guard-result.ts';

export default class Guard extends KeyturnCommand<GuardResult> {
  static override summary = 'Count, or refuse, what others write to encrypted columns without encrypting it.';
  static override description =
    'A guard is a trigger on each column of the latest migration. "observe" counts the values that others write and ' +
    'those of them that are no cells; "enforce" refuses these. A trigger has no key: it tells cells from plaintext, ' +
    'but not the old key from the new one, which "keyturn verify" does. Without an argument: shows the guards.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> observe --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --json',
    '<%= config.bin %> <%= command.id %> enforce --database sqlite:fleet.db --yes',
    '<%= config.bin %> <%= command.id %> off --database sqlite:fleet.db',
  ];
  static override args = {
    mode: Args.option({
      options: ['observe', 'enforce', 'off'] as const,
      description: 'Count, refuse, or remove the guards. By default nothing is changed.',
    })(),
  };
  static override flags = { ...databaseFlags, ...confirmationFlags };

  async run(): Promise<GuardResult> {
    const { args, flags } = await this.parse(Guard);
    await recoverFirst(args.mode === undefined ? 'reads' : 'runs', flags);
    const { withReadOnlyDatabase } = await import('../lib/session/database/open-database.ts');
    const { readGuards } = await import('../lib/session/inspection/read-guards.ts');
    const { setGuards } = await import('../lib/session/orders/guard-columns.ts');
    const now = await withReadOnlyDatabase(flags.database, readGuards);
    if (args.mode !== undefined) await this.confirm(questionsBeforeGuard(args.mode, now));
    const guards = args.mode === undefined ? now : await setGuards(flags.database, args.mode);
    const result = describeGuards(guards, flags.database);
    const text = renderGuards(result, this.painter);
    if (args.mode === undefined) this.print(text);
    else this.printDeed(text);
    return result;
  }
}
