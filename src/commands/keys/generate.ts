import { Flags } from '@oclif/core';
import { KeyturnCommand } from '../../lib/cli/base-command.ts';
import { formatFlags } from '../../lib/cli/flags/key-flags.ts';
import type { KeyGenerateResult } from '../../lib/cli/results/key-results.ts';
import { createKey } from '../../lib/session/keys/create-key.ts';

/** Where a new key goes: to cells under an old one, or to plaintext. */
const nextCommands: Readonly<Record<'rotate' | 'encrypt', (reference: string) => string>> = {
  rotate: (reference) => `keyturn rotate --database sqlite:PATH --old-key REF --new-key ${reference}`,
  encrypt: (reference) => `keyturn encrypt --database sqlite:PATH --column TABLE.COLUMN --key ${reference}`,
};

/** `keyturn keys generate`: a new random key, in a file or on stdout. */
export default class KeysGenerate extends KeyturnCommand<KeyGenerateResult> {
  static override summary = 'Create a new random key.';
  static override description =
    'With --output the key goes to a new file that only its owner can read, and is safely on disk when the ' +
    'command ends; a file that exists is never overwritten. Without --output the key itself is printed.';
  static override examples = [
    '<%= config.bin %> keys generate --format fernet --output file:new.key',
    '<%= config.bin %> keys generate | vault kv put secret/fleet new_key=-',
  ];
  static override flags = {
    ...formatFlags,
    output: Flags.string({ char: 'o', summary: 'The file to create.', helpValue: 'file:PATH' }),
  };

  override async run(): Promise<KeyGenerateResult> {
    const { flags } = await this.parse(KeysGenerate);
    const { format, output } = flags;
    const created = await createKey({ format, output });
    const { id } = created;
    if (created.kind === 'revealed') {
      const next = ['keyturn keys inspect REF'];
      this.print(created.text);
      this.note(
        `Key ${id} is stored nowhere: this is the only copy (--output file:PATH would write it to a file)`,
      );
      this.note(`Next: store it, then ${next.join()}`);
      return { id, format, reference: null, key: created.text, next };
    }
    const { reference, uses } = created;
    const next = uses.map((purpose) => nextCommands[purpose](reference));
    this.printDeed(`Created key ${id} in ${reference}, readable by its owner alone.`);
    this.printDeed(`Next: keep a copy of the file in a safe place, then\n  ${next.join('\n  ')}`);
    return { id, format, reference, next };
  }
}
