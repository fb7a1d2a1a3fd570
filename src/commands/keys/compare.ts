import { Args, Flags } from '@oclif/core';
import { KeyturnCommand } from '../../lib/cli/base-command.ts';
import { formatFlags, keyReferenceForms } from '../../lib/cli/flags/key-flags.ts';
import { renderComparison } from '../../lib/cli/rendering/render-comparison.ts';
import type { KeyCompareResult } from '../../lib/cli/results/key-results.ts';
import { compareKeys } from '../../lib/session/keys/compare-keys.ts';

/** `keyturn keys compare REF REF`: whether two places hold the same key, without showing it. */
export default class KeysCompare extends KeyturnCommand<KeyCompareResult> {
  static override summary = 'Tell whether two places hold the same key, without showing it';
  static override description =
    'Compares the keys themselves, in constant time, however each is written. Exit 0 where they are what ' +
    '--expect says, else exit 12.';
  static override examples = [
    '<%= config.bin %> keys compare file:new.key file:config.yaml#server.db_encryption_key',
    '<%= config.bin %> keys compare --expect different file:config.yaml#server.db_encryption_key file:config.yaml#server.encryption_key',
  ];
  static override args = {
    first: Args.string({ required: true, description: `Where one key is: ${keyReferenceForms}.` }),
    second: Args.string({ required: true, description: 'Where the other key is.' }),
  };
  static override flags = {
    ...formatFlags,
    expect: Flags.option({
      summary: 'What the keys should be; anything else is exit 12.',
      options: ['same', 'different'] as const,
      default: 'same',
    })(),
  };

  override async run(): Promise<KeyCompareResult> {
    const { args, flags } = await this.parse(KeysCompare);
    const { format, expect } = flags;
    const { outcome, keys } = await compareKeys({ ...args, format });
    const warnings = keys.flatMap((key) => key.warnings);
    for (const warning of warnings) this.caution(warning);
    const compared = keys.map(({ key, reference }) => ({ id: key.id, reference: reference.display }));
    const result = { outcome, format, keys: compared, warnings, next: ['keyturn keys inspect REF'] };
    if (outcome !== expect) this.endWith('wrongKey');
    this.print(renderComparison(result, this.painter));
    return result;
  }
}
