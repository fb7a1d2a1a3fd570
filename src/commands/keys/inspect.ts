import { Args } from '@oclif/core';
import { KeyturnCommand } from '../../lib/cli/base-command.ts';
import { formatFlags, keyReferenceForms } from '../../lib/cli/flags/key-flags.ts';
import { renderKey } from '../../lib/cli/rendering/render-key.ts';
import type { KeyInspectResult } from '../../lib/cli/results/key-results.ts';
import { shellWord } from '../../lib/model/texts/shell-word.ts';
import { inspectKey } from '../../lib/session/keys/inspect-key.ts';

/** `keyturn keys inspect REF`: what a key is, without showing it. */
export default class KeysInspect extends KeyturnCommand<KeyInspectResult> {
  static override summary = 'Tell what a key is, without showing it.';
  static override description =
    'Prints the id and check value by which keyturn names the key everywhere. Material that is not a key is ' +
    'diagnosed (exit 12): a token given as a key, a wrong length, white space, quotes.';
  static override examples = [
    '<%= config.bin %> keys inspect file:new.key',
    '<%= config.bin %> keys inspect file:config.yaml#server.db_encryption_key',
    '<%= config.bin %> keys inspect env:OLD_KEY --json',
  ];
  static override args = {
    reference: Args.string({
      required: true,
      description: `Where the key is: ${keyReferenceForms}.`,
    }),
  };
  static override flags = formatFlags;

  override async run(): Promise<KeyInspectResult> {
    const { args, flags } = await this.parse(KeysInspect);
    const key = await inspectKey(args.reference, flags.format);
    const reference = key.reference === args.reference ? shellWord(key.reference) : 'REF';
    const next = [`keyturn rotate --database sqlite:PATH --old-key REF --new-key ${reference}`];
    const result = { ...key, format: flags.format, next };
    for (const warning of key.warnings) this.caution(warning);
    this.print(renderKey(result, this.painter));
    return result;
  }
}
