import { Flags } from '@oclif/core';
import { KeyturnCommand } from '../lib/cli/base-command.ts';
import {
  describeVerification,
  exitReasonOfVerification,
} from '../lib/cli/description/describe-verification.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { indexKeyFlags } from '../lib/cli/flags/index-flags.ts';
import { cellFormatFlags, recordedKeyFlags } from '../lib/cli/flags/key-flags.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import { renderVerify } from '../lib/cli/rendering/render-verify.ts';
import type { VerifyResult } from '../lib/cli/results/verify-result.ts';
import type { DatabaseLocation } from '../lib/model/databases/database-location.ts';
import type { ChainHead } from '../lib/model/migrations/recorded-event.ts';
import type { Verification } from '../lib/session/inspection/verify-database.ts';

export default class Verify extends KeyturnCommand<VerifyResult> {
  static override summary = 'Count every encrypted cell by the key it opens under; changes no cell.';
  static override description =
    'Reads every cell of the columns of the latest migration, and of any other column that holds cells under ' +
    'one of the keys, and compares blind indexes with their cells. The keys come from the flags, else from the ledger.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --new-key file:new.key --old-key env:OLD --json',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --record',
  ];
  static override flags = {
    ...databaseFlags,
    ...recordedKeyFlags,
    ...indexKeyFlags,
    ...cellFormatFlags,
    record: Flags.boolean({
      summary: 'Write the counts into the ledger, as an event; without it nothing is written at all.',
    }),
  };

  async run(): Promise<VerifyResult> {
    const { flags } = await this.parse(Verify);
    await recoverFirst('reads', flags);
    const { withReadOnlyDatabase } = await import('../lib/session/database/open-database.ts');
    const { verifyDatabase } = await import('../lib/session/inspection/verify-database.ts');
    const verification = await withReadOnlyDatabase(flags.database, (database) =>
      verifyDatabase(database, {
        ...this.recordedKeys(flags),
        format: flags.format,
        toFormat: flags['to-format'],
      }),
    );
    const { oldKey, newKey } = verification;
    for (const warning of [...(newKey?.warnings ?? []), ...(oldKey?.warnings ?? [])]) this.caution(warning);
    const recordedAs = flags.record ? await this.record(verification, flags.database) : null;
    const result = describeVerification(verification, { location: flags.database, recordedAs });
    this.endWith(exitReasonOfVerification(result));
    this.print(renderVerify(result, this.painter));
    return result;
  }

  private async record(verification: Verification, location: DatabaseLocation): Promise<ChainHead> {
    const { recordCensus } = await import('../lib/session/inspection/record-census.ts');
    return recordCensus(location, verification);
  }
}
