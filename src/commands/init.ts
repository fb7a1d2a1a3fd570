import { Flags } from '@oclif/core';
import { KeyturnCommand } from '../lib/cli/base-command.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { recordedKeyFlags } from '../lib/cli/flags/key-flags.ts';
import { databaseUrl } from '../lib/cli/location/database-location.ts';
import { renderInit } from '../lib/cli/rendering/render-init.ts';
import type { InitResult } from '../lib/cli/results/init-result.ts';
import type { EncryptionWay } from '../lib/model/columns/exposed-column.ts';
import { shellWord } from '../lib/model/texts/shell-word.ts';

export default class Init extends KeyturnCommand<InitResult> {
  static override summary =
    'Write a configuration from what a database shows; asks nothing, overwrites nothing.';
  static override description =
    'Finds the encrypted columns and their format, and where the key of the last migration is. No key is written, ' +
    'only where it is.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --old-key file:config.yaml#server.db_encryption_key --new-key file:new.key',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --from-scan',
  ];
  static override flags = {
    database: databaseFlags.database,
    'old-key': Flags.string({ summary: 'Where the key is that the cells are under now.', helpValue: 'REF' }),
    'new-key': recordedKeyFlags['new-key'],
    'from-scan': Flags.boolean({
      summary: 'Also look for personal data and secrets in plaintext, and select their columns.',
    }),
    output: Flags.string({
      char: 'o',
      summary: 'The file to write.',
      helpValue: 'PATH',
      default: 'keyturn.config.yaml',
    }),
  };

  async run(): Promise<InitResult> {
    const { flags } = await this.parse(Init);
    const { initConfiguration } = await import('../lib/session/inspection/init-configuration.ts');
    const written = await initConfiguration({
      location: flags.database,
      url: databaseUrl(flags.database),
      oldKey: flags['old-key'],
      newKey: flags['new-key'],
      output: flags.output,
      looksFor: flags['from-scan'] ? 'cells and plaintext' : 'cells',
    });
    const encryptions = encryptionCommands(written.exposed);
    const isComplete = encryptions.length > 0 || (written.oldKey !== null && written.newKey !== null);
    const next = [
      ...(isComplete ? [] : [`fill in "keys" of ${flags.output}`]),
      'keyturn doctor',
      ...(encryptions.length > 0 ? encryptions : ['keyturn plan']),
    ];
    const result = { ...written, next };
    this.printDeed(renderInit(result, this.painter));
    return result;
  }
}

/** The configuration selects what can be encrypted in place; everything else has to be named. */
function encryptionCommands(exposed: InitResult['exposed']): readonly string[] {
  const named = (way: EncryptionWay, flag: string): readonly string[] => {
    const columns = exposed.filter(({ encryption }) => encryption === way);
    const flags = columns.map(({ name }) => `--column ${shellWord(name)}`);
    return columns.length === 0 ? [] : [`keyturn encrypt --key REF ${flags.join(' ')} ${flag}`];
  };
  return [
    ...(exposed.some(({ encryption }) => encryption === 'in place') ? ['keyturn encrypt --key REF'] : []),
    ...named('bound to its column', '--bind column'),
    ...named('into another column', "--into '{column}_encrypted'"),
  ];
}
