import { EncryptionCommand } from '../lib/cli/encryption-command.ts';
import type { RunResult } from '../lib/cli/results.ts';
import { databaseFlags, encryptionFlags, runFlags } from '../lib/cli/shared-flags.ts';

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
  static override flags = { ...databaseFlags, ...encryptionFlags, ...runFlags };

  async run(): Promise<RunResult> {
    const { flags } = await this.parse(Decrypt);
    return this.takeColumns('decrypt', flags, {
      empty: 'encrypt',
      assumedPlaintext: [],
      into: undefined,
      blindIndexes: [],
      indexKey: undefined,
    });
  }
}
