import { Flags } from '@oclif/core';
import { EncryptionCommand } from '../lib/cli/encryption-command.ts';
import { encryptionFlags } from '../lib/cli/flags/column-flags.ts';
import { autoFinalizeFlags } from '../lib/cli/flags/contract-flags.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { blindIndexFlags, fieldTypeFlags } from '../lib/cli/flags/index-flags.ts';
import { runFlags } from '../lib/cli/flags/run-flags.ts';
import type { RunResult } from '../lib/cli/results/run-result.ts';

export default class Encrypt extends EncryptionCommand {
  static override summary = 'Encrypt plaintext columns: plan, ask, back up, execute, verify.';
  static override description =
    'Seals every value of the named columns, each where it stands, or into a column of its own (--into). What is encrypted under the key already stays as it ' +
    'is; what looks encrypted but does not open is listed and never encrypted again. Can be killed at any instant: ' +
    'the same command goes on. "keyturn rollback" brings the plaintext back.';
  static override examples = [
    '<%= config.bin %> scan --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --column users.email --column users.phone --key file:data.key',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --column users.email --key file:data.key --bind column',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --column users.email --key file:data.key --dry-run',
    "<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --column users.email --key file:data.key --into '{column}_encrypted'",
    "<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --column users.email --key file:data.key --into '{column}_encrypted' --blind-index users.email:lower --index-key file:index.key",
    "<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --column users.email --key file:data.key --into '{column}_encrypted' --auto-finalize --scrub",
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --column users.email --as users.email=email --key file:data.key --index-key file:index.key',
  ];
  static override flags = {
    ...databaseFlags,
    ...encryptionFlags,
    bind: Flags.option({
      summary:
        'Where alone a cell opens: in its row and column, in its column, or anywhere; by default in its row.',
      options: ['row', 'column', 'none'] as const,
    })(),
    into: Flags.string({
      summary:
        'Put the cells into another column and leave the plaintext where it is, until "keyturn finalize".',
      helpValue: "'{column}_encrypted'",
    }),
    empty: Flags.option({
      summary: 'What to do with empty values.',
      options: ['keep', 'encrypt'] as const,
      default: 'keep',
    })(),
    'assume-plaintext': Flags.string({
      summary: 'Encrypt all values of this column, also those that look encrypted already; may be repeated.',
      helpValue: 'TABLE.COLUMN',
      multiple: true,
      multipleNonGreedy: true,
    }),
    ...fieldTypeFlags,
    ...blindIndexFlags,
    ...runFlags,
    ...autoFinalizeFlags,
  };

  async run(): Promise<RunResult> {
    const { flags } = await this.parse(Encrypt);
    const { bind, empty, into, 'index-key': indexKey } = flags;
    const { 'assume-plaintext': assumedPlaintext = [], 'blind-index': blindIndexes = [] } = flags;
    const { as: fieldTypes = [] } = flags;
    const options = { bind, empty, assumedPlaintext, into, fieldTypes, blindIndexes, indexKey };
    return this.takeColumns('encrypt', flags, options);
  }
}
