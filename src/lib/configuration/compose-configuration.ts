import type { ExposedColumn } from '../model/columns/exposed-column.ts';

/** What is known of a database whose configuration is to be written. */
export interface KnownFacts {
  /** As `database` takes it; no password. */
  readonly database: string;
  /** References; undefined where nobody has said where the key is. */
  readonly oldKey: string | undefined;
  readonly newKey: string | undefined;
  /** Encrypted columns by format, e.g. `machines.info_json_encrypted`. */
  readonly columns: Readonly<Record<string, readonly string[]>>;
  /** Columns to be encrypted, the most harmful first; empty where nobody has looked for any. */
  readonly exposed: readonly ExposedColumn[];
}

/** The text of a configuration file with all that is known; what is not stands in it as a comment to fill in. */
export function composeConfiguration(facts: KnownFacts): string {
  const { database, oldKey, newKey, columns, exposed } = facts;
  const isSelecting = exposed.some(({ encryption }) => encryption === 'in place');
  const formats = Object.keys(columns);
  const [format] = formats;
  return [
    '# Written by "keyturn init". Each field stands for a flag; all of them: docs/configuration.md',
    `database: ${JSON.stringify(database)}`,
    'keys:',
    keyLine('old', oldKey, 'the key the cells are under now'),
    keyLine('new', newKey, 'keyturn keys generate --output file:new.key'),
    ...(format !== undefined && formats.length === 1 ? [`  format: ${JSON.stringify(format)}`] : []),
    '  literals: forbid',
    ...selectionOf(exposed),
    '',
    ...commentOn(columns, isSelecting ? 'some columns' : 'every column'),
    '',
  ].join('\n');
}

function keyLine(name: string, reference: string | undefined, explanation: string): string {
  return reference === undefined
    ? `  # ${name}: file:${name}.key   # ${explanation}`
    : `  ${name}: ${JSON.stringify(reference)}`;
}

/** What was found in plaintext, to be encrypted: `keyturn encrypt` takes these columns, and a rotation afterwards. */
function selectionOf(exposed: readonly ExposedColumn[]): readonly string[] {
  const possible = exposed.filter(({ encryption }) => encryption !== 'none');
  if (possible.length === 0) return notedColumns(exposed);
  const taken = possible.filter(({ encryption }) => encryption === 'in place');
  return [
    'select:',
    ...(taken.length === 0
      ? []
      : [
          '  # Found in plaintext by a scan; take out what shall stay as it is.',
          '  columns:',
          ...taken.map((column) => `    - ${JSON.stringify(column.name)} # ${kindText(column)}`),
        ]),
    ...notedColumns(exposed),
    '  # What they hold, for plans, and for blind indexes where there is a key for them.',
    '  fieldTypes:',
    ...possible.map(({ name, fieldType }) => `    - ${JSON.stringify(`${name}=${fieldType}`)}`),
  ];
}

/** Those that no encryption in place takes, as comments. */
function notedColumns(exposed: readonly ExposedColumn[]): readonly string[] {
  const heads: readonly (readonly [ExposedColumn['encryption'], string])[] = [
    [
      'bound to its column',
      '  # Nothing names their rows for good: their cells are bound to the column alone (--bind column):',
    ],
    ['into another column', '  # Cells cannot stand in these, and need a column of their own (--into):'],
    ['none', '  # Cannot be encrypted as their tables are:'],
  ];
  return heads.flatMap(([way, head]) => {
    const columns = exposed.filter(({ encryption }) => encryption === way);
    if (columns.length === 0) return [];
    return [head, ...columns.map((column) => `  #   ${printableLine(column.name)} (${kindText(column)})`)];
  });
}

function kindText({ looksLike, sensitivity }: ExposedColumn): string {
  return `${looksLike}: ${sensitivity}`;
}

function commentOn(
  columns: KnownFacts['columns'],
  selected: 'some columns' | 'every column',
): readonly string[] {
  const lines = Object.entries(columns).flatMap(([format, names]) =>
    names.map((name) => `#   ${printableLine(name)} (${format})`),
  );
  if (lines.length === 0) return ['# No column looks encrypted. To name one all the same: select.columns'];
  return [
    selected === 'every column'
      ? '# Columns that look encrypted; a rotation takes them all, unless "select" says otherwise:'
      : '# Columns that look encrypted; a rotation takes them, too, once "columns" of "select" is taken out:',
    ...lines,
  ];
}

/** A column's name may hold a line break, which would end the comment. */
function printableLine(name: string): string {
  return name.replaceAll(/\p{Cc}/gu, '?');
}
