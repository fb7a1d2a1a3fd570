import { renderColumnName } from '../../model/columns/column-name.ts';
import type { EncryptionWay } from '../../model/columns/exposed-column.ts';
import { sensitivities } from '../../model/columns/field-type.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import type { EncryptableScan } from '../../session/inspection/scan-database.ts';
import type { ScannedColumnResult, ScanResult } from '../results/scan-results.ts';
import { nextCommand } from './next-command.ts';

/** A scan as it is printed: what is most harmful first. */
export function describeScan(scan: EncryptableScan, location: DatabaseLocation): ScanResult {
  const columns = scan.columns.map(describeColumn).sort((one, other) => rankOf(one) - rankOf(other));
  const exposed = columns.filter(({ state }) => state === 'plaintext');
  const isEncrypted = columns.some(({ state }) => state === 'encrypted');
  return {
    database: scan.database,
    tables: scan.tables,
    columns,
    next: [
      ...encryptCommands(exposed, location),
      ...(isEncrypted ? [`${nextCommand('plan', location)} --old-key REF --new-key REF`] : []),
    ],
  };
}

function describeColumn({
  finding,
  table,
  column,
  encryption,
  ...sampled
}: EncryptableScan['columns'][number]): ScannedColumnResult {
  const place = { table, column, ...sampled, found: finding.values };
  if (finding.kind === 'encrypted') {
    return {
      ...place,
      state: 'encrypted',
      looksLike: finding.format,
      fieldType: null,
      sensitivity: null,
      evidence: null,
      encryption: null,
    };
  }
  const { finds, fieldType } = finding.detector;
  const sensitivity = sensitivities[fieldType];
  return {
    ...place,
    state: 'plaintext',
    looksLike: finds,
    fieldType,
    sensitivity,
    evidence: finding.evidence,
    encryption,
  };
}

const ranks = ['high', 'medium', 'low'];

function rankOf({ sensitivity }: ScannedColumnResult): number {
  return sensitivity === null ? ranks.length : ranks.indexOf(sensitivity);
}

/** The most harmful columns alone, each with what most of its values are: what is worth encrypting, the operator decides. */
function encryptCommands(
  exposed: readonly ScannedColumnResult[],
  location: DatabaseLocation,
): readonly string[] {
  const possible = exposed.filter(({ encryption }) => encryption !== 'none');
  const worst = possible.filter(({ sensitivity }) => sensitivity === possible[0]?.sensitivity);
  const named = (way: EncryptionWay, flag: string): readonly string[] => {
    const columns = worst.filter(({ encryption }) => encryption === way);
    return columns.length === 0 ? [] : [encryptCommand(columns, location) + flag];
  };
  return [
    ...named('in place', ''),
    ...named('bound to its column', ' --bind column'),
    ...named('into another column', " --into '{column}_encrypted'"),
  ];
}

function encryptCommand(exposed: readonly ScannedColumnResult[], location: DatabaseLocation): string {
  const columns = exposed.map((column) => `--column ${shellWord(renderColumnName(column))}`);
  const types = exposed.flatMap(({ fieldType, found, values, ...column }) =>
    fieldType === null || 2 * found <= values
      ? []
      : [`--as ${shellWord(`${renderColumnName(column)}=${fieldType}`)}`],
  );
  return `${nextCommand('encrypt', location)} ${[...columns, ...types].join(' ')} --key REF`;
}
