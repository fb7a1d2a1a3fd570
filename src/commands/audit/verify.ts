import { Flags } from '@oclif/core';
import { KeyturnCommand } from '../../lib/cli/base-command.ts';
import { parseChainHead } from '../../lib/cli/description/chain-head-text.ts';
import { describeAudit } from '../../lib/cli/description/describe-audit.ts';
import { databaseFlags } from '../../lib/cli/flags/database-flags.ts';
import { recoverFirst } from '../../lib/cli/recover-first.ts';
import { renderAudit } from '../../lib/cli/rendering/render-audit.ts';
import type { AuditVerifyResult } from '../../lib/cli/results/audit-results.ts';

export default class AuditVerify extends KeyturnCommand<AuditVerifyResult> {
  static override summary = 'Check that no event of the ledger was edited, deleted, inserted or moved.';
  static override description =
    'Exit 14 names the first bad event. Whoever can write the database can make a whole new chain: note the head ' +
    'that this command prints somewhere else, and give it with --expect-head to find that, too.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --expect-head 12:5f0c...',
  ];
  static override flags = {
    ...databaseFlags,
    'expect-head': Flags.custom<ReturnType<typeof parseChainHead>>({
      summary: 'A head that this command has printed earlier; the event must still be there.',
      helpValue: 'SEQ:HASH',
      parse: (text) => Promise.resolve().then(() => parseChainHead(text)),
    })(),
  };

  async run(): Promise<AuditVerifyResult> {
    const { flags } = await this.parse(AuditVerify);
    await recoverFirst('reads', flags);
    const { withReadOnlyDatabase } = await import('../../lib/session/database/open-database.ts');
    const { auditLedger } = await import('../../lib/session/inspection/audit-ledger.ts');
    const audit = await withReadOnlyDatabase(flags.database, (database) =>
      auditLedger(database, flags['expect-head']),
    );
    const result = describeAudit(audit, flags.database);
    if (result.outcome !== 'intact') this.endWith('verificationFailed');
    this.print(renderAudit(result, this.painter));
    return result;
  }
}
