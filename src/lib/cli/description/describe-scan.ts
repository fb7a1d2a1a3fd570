import { sensitivities } from '../../model/columns/field-type.ts';
import type { DatabaseLocation } from '../../model/databases/database-location.ts';
import { shellWord } from '../../model/texts/shell-word.ts';
import type { DatabaseScan } from '../../session/inspection/scan-database.ts';
import { columnText } from '../rendering/column-text.ts';
import type { ScannedColumnResult, ScanResult } from '../results/scan-results.ts';
import { nextCommand } from './next-command.ts';

/** A scan as it is printed: what is most harmful first. */
export function describeScan(scan: DatabaseScan, location: DatabaseLocation): ScanResult {
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
}: DatabaseScan['columns'][number]): ScannedColumnResult {
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
  const inPlace = worst.filter(({ encryption }) => encryption === 'in place');
  const beside = worst.filter(({ encryption }) => encryption === 'into another column');
  return [
    ...(inPlace.length === 0 ? [] : [encryptCommand(inPlace, location)]),
    ...(beside.length === 0 ? [] : [`${encryptCommand(beside, location)} --into '{column}_encrypted'`]),
  ];
}

function encryptCommand(exposed: readonly ScannedColumnResult[], location: DatabaseLocation): string {
  const columns = exposed.map((column) => `--column ${shellWord(columnText(column))}`);
  const types = exposed.flatMap(({ fieldType, found, values, ...column }) =>
    fieldType === null || 2 * found <= values
      ? []
      : [`--as ${shellWord(`${columnText(column)}=${fieldType}`)}`],
  );
  return `${nextCommand('encrypt', location)} ${[...columns, ...types].join(' ')} --key REF`;
}
