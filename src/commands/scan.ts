import { KeyturnCommand } from '../lib/cli/base-command.ts';
import { describeScan } from '../lib/cli/description/describe-scan.ts';
import { columnFlags } from '../lib/cli/flags/column-flags.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { filterOf } from '../lib/cli/flags/rotation-flags.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import { renderScan } from '../lib/cli/rendering/render-scan.ts';
import type { ScanResult } from '../lib/cli/results/scan-results.ts';

export default class Scan extends KeyturnCommand<ScanResult> {
  static override summary = 'Find columns that hold personal data or secrets in plaintext; changes nothing.';
  static override description =
    'Looks at a sample of every column for e-mail addresses, phone numbers, tax and identity numbers, bank accounts, ' +
    'payment cards, passwords, tokens and Wi-Fi credentials, and for cells that are encrypted already. Shows counts ' +
    'and the shape of a value, never a value.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --table users --json',
  ];
  static override flags = { ...databaseFlags, ...columnFlags };

  async run(): Promise<ScanResult> {
    const { flags } = await this.parse(Scan);
    await recoverFirst('reads', flags);
    const { scanForEncryption } = await import('../lib/session/inspection/scan-database.ts');
    const scan = await scanForEncryption(flags.database, filterOf(flags));
    const result = describeScan(scan, flags.database);
    this.print(renderScan(result, this.painter));
    return result;
  }
}
