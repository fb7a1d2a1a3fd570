import { Flags } from '@oclif/core';
import { KeyturnCommand } from '../lib/cli/base-command.ts';
import { describeSearch } from '../lib/cli/description/describe-search.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { indexKeyFlags } from '../lib/cli/flags/index-flags.ts';
import { readValue } from '../lib/cli/flags/read-value.ts';
import { recoverFirst } from '../lib/cli/recover-first.ts';
import { renderIndexOf } from '../lib/cli/rendering/render-index-of.ts';
import type { IndexOfResult } from '../lib/cli/results/index-of-result.ts';
import { usageError } from '../lib/cli/usage-error.ts';

export default class IndexOf extends KeyturnCommand<IndexOfResult> {
  static override summary = 'Print what to search an encrypted column for; the value comes on stdin.';
  static override description =
    'Computes the blind indexes of a value as the ledger defines them for the column, and prints the conditions that ' +
    'find its rows. The value is read from stdin, so that it stands in no list of processes and no history of a shell.';
  static override examples = [
    "printf %s 'Zoe@example.com' | <%= config.bin %> <%= command.id %> --database sqlite:fleet.db --column users.email --index-key file:index.key",
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --column users.email --json < value.txt',
  ];
  static override flags = {
    ...databaseFlags,
    column: Flags.string({
      summary: 'The column of the values, or that of their cells.',
      helpValue: 'TABLE.COLUMN',
      required: true,
    }),
    ...indexKeyFlags,
  };

  async run(): Promise<IndexOfResult> {
    const { flags } = await this.parse(IndexOf);
    const { database: location, column, 'index-key': indexKey } = flags;
    if (indexKey === '-' || indexKey === 'fd:0')
      throw usageError('the key cannot come on stdin: the value does', ['--index-key file:PATH']);
    await recoverFirst('reads', flags);
    const value = await readValue(process.stdin);
    const { withReadOnlyDatabase } = await import('../lib/session/database/open-database.ts');
    const { computeIndexes } = await import('../lib/session/inspection/compute-indexes.ts');
    const result = await withReadOnlyDatabase(location, async (database) => {
      const terms = await computeIndexes(database, { column, indexKey, value });
      return describeSearch(terms, { database: database.identity.location, location });
    });
    this.print(renderIndexOf(result, this.painter));
    return result;
  }
}
