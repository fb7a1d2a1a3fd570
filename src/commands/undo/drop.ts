import { KeyturnCommand } from '../../lib/cli/base-command.ts';
import { nextCommand } from '../../lib/cli/description/next-command.ts';
import { databaseFlags } from '../../lib/cli/flags/database-flags.ts';
import { confirmationFlags } from '../../lib/cli/flags/run-flags.ts';
import { recoverFirst } from '../../lib/cli/recover-first.ts';
import { renderUndoDrop } from '../../lib/cli/rendering/render-undo-drop.ts';
import type { UndoDropResult } from '../../lib/cli/results/undo-drop-result.ts';
import { countedText } from '../../lib/model/texts/counted-text.ts';

export default class UndoDrop extends KeyturnCommand<UndoDropResult> {
  static override summary = 'Delete the old cells that "--keep-undo" has kept in the database.';
  static override description =
    'They open under the old key, which is needed for as long as they are there. A rollback stays possible without ' +
    'them: it encrypts the current values anew instead of giving back the same bytes.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --yes --json',
  ];
  static override flags = { ...databaseFlags, ...confirmationFlags };

  async run(): Promise<UndoDropResult> {
    const { flags } = await this.parse(UndoDrop);
    await recoverFirst('runs', flags);
    const { withReadOnlyDatabase } = await import('../../lib/session/database/open-database.ts');
    const { dropUndo } = await import('../../lib/session/orders/drop-undo.ts');
    const kept = await withReadOnlyDatabase(flags.database, ({ identity, ledger }) =>
      ledger.countKeptCells().then((cells) => ({ cells, location: identity.location })),
    );
    if (kept.cells > 0) {
      await this.confirm([
        { message: `delete ${countedText(kept.cells, 'old cell')} from "${kept.location}"?` },
      ]);
    }
    const dropped = kept.cells === 0 ? 0 : await dropUndo(flags.database);
    const result = { database: kept.location, dropped, next: [nextCommand('verify', flags.database)] };
    this.printDeed(renderUndoDrop(result, this.painter));
    return result;
  }
}
