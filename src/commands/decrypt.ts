import { Flags } from '@oclif/core';
import { EncryptionCommand } from '../lib/cli/encryption-command.ts';
import { encryptionFlags } from '../lib/cli/flags/column-flags.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { runFlags } from '../lib/cli/flags/run-flags.ts';
import type { RunResult } from '../lib/cli/results/run-result.ts';
import { usageError } from '../lib/cli/usage-error.ts';

export default class Decrypt extends EncryptionCommand {
  static override summary =
    'Turn encrypted columns back into plaintext: plan, ask, back up, execute, verify.';
  static override description =
    'Opens every cell of the named columns and writes the plaintext in its place, with the type it had. What does not ' +
    'open under the key is listed and left as it is. Can be killed at any instant: the same command goes on.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --column users.email --key file:data.key',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --column users.email --key file:data.key --dry-run',
  ];
  static override flags = {
    ...databaseFlags,
    ...encryptionFlags,
    into: Flags.string({ hidden: true, helpValue: "'{column}_plain'" }),
    ...runFlags,
  };

  async run(): Promise<RunResult> {
    const { flags } = await this.parse(Decrypt);
    if (flags.into !== undefined) throw noOtherColumn();
    return this.takeColumns('decrypt', flags, {
      empty: 'encrypt',
      assumedPlaintext: [],
      into: undefined,
      fieldTypes: [],
      blindIndexes: [],
      indexKey: undefined,
    });
  }
}

/** Whoever knows `encrypt --into` looks for its inverse here. */
function noOtherColumn(): Error {
  return usageError(
    'a decryption writes each value where its cell stands; only a rollback knows the column it came from',
    [
      'keyturn rollback   # values that went into another column go back into their own',
      'decrypt in place: leave --into out, then rename the column',
    ],
  );
}
