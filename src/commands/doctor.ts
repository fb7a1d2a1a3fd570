import { Flags } from '@oclif/core';
import { KeyturnCommand } from '../lib/cli/base-command.ts';
import { completeHint } from '../lib/cli/description/complete-hint.ts';
import { databaseFlags } from '../lib/cli/flags/database-flags.ts';
import { cellFormatFlags, recordedKeyFlags } from '../lib/cli/flags/key-flags.ts';
import { renderDoctor } from '../lib/cli/rendering/render-doctor.ts';
import type { DoctorResult } from '../lib/cli/results/doctor-result.ts';

export default class Doctor extends KeyturnCommand<DoctorResult> {
  static override summary =
    'Look for what would go wrong: files, keys, disk, other processes; changes nothing.';
  static override description =
    'Each line is ok, warn or fail, with what to do. Exit 0 where nothing fails, else exit 14. Keys that are named ' +
    'are tried on a sample of the cells.';
  static override examples = [
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db',
    '<%= config.bin %> <%= command.id %> --database sqlite:fleet.db --old-key file:config.yaml#server.db_encryption_key --payload-key file:config.yaml#server.encryption_key',
  ];
  static override flags = {
    database: databaseFlags.database,
    'old-key': Flags.string({ summary: 'The key the cells are under now.', helpValue: 'REF' }),
    'new-key': recordedKeyFlags['new-key'],
    'payload-key': Flags.string({
      summary: 'A key for another purpose, which has to be another key.',
      helpValue: 'REF',
    }),
    format: cellFormatFlags.format,
  };

  async run(): Promise<DoctorResult> {
    const { flags } = await this.parse(Doctor);
    const { examineDatabase } = await import('../lib/session/inspection/examine-database.ts');
    const { oldKey, newKey, otherwise } = this.recordedKeys(flags);
    const named = {
      old: oldKey ?? otherwise?.oldKey,
      new: newKey ?? otherwise?.newKey,
      payload: flags['payload-key'],
    };
    const given = Object.entries(named).filter(([, reference]) => reference !== undefined);
    const references = Object.fromEntries(given) as Partial<Record<keyof typeof named, string>>;
    const location = flags.database;
    const examined = await examineDatabase({ location, references, format: flags.format });
    const findings = examined.findings.map(({ fix, ...finding }) => ({
      ...finding,
      fix: fix && completeHint(fix, location),
    }));
    const count = (verdict: string): number =>
      findings.filter((finding) => finding.verdict === verdict).length;
    const counts = { ok: count('ok'), warn: count('warn'), fail: count('fail') };
    if (counts.fail > 0) this.endWith('verificationFailed');
    const next = findings.flatMap(({ verdict, fix }) => (verdict === 'fail' && fix ? [fix] : []));
    const result = { ...examined, findings, counts, next };
    const shown = this.isQuiet ? result.findings.filter(({ verdict }) => verdict !== 'ok') : result.findings;
    if (shown.length > 0) this.print(renderDoctor({ ...result, findings: shown }, this.painter));
    return result;
  }
}
